import { kindOf } from "./argument.ts";
import { deflateMessage } from "./shared-deflate.ts";
import { eventIdOf, type StreamPosition } from "./stream-position.ts";
import { StreamServerError } from "./stream-server-error.ts";
import { textFrame } from "./web-socket-frame.ts";

const LINE_BREAK = /\r\n|\r|\n/;

/** A message, encoded at most once per kind of connection. All clients share the bytes. */
export class EncodedMessage {
  /** Of the state after it. */
  readonly position: StreamPosition | null;
  readonly #payload: Uint8Array;
  #webSocketFrame: Buffer | undefined;
  #deflatedFrame: Buffer | undefined;
  #sseEvent: Buffer | undefined;

  /**
   * @param text the message; bytes must be UTF-8.
   * @param position of the state after it, sent as the id of the event
   */
  constructor(text: string | Uint8Array, position: StreamPosition | null = null) {
    if (typeof text !== "string" && !(text instanceof Uint8Array))
      throw new StreamServerError("invalid_option", `snapshot: must return text or a Uint8Array, not ${kindOf(text)}`);
    this.#payload = typeof text === "string" ? Buffer.from(text, "utf8") : text;
    this.position = position;
  }

  /** UTF-8 text. */
  get payload(): Uint8Array {
    return this.#payload;
  }

  get byteLength(): number {
    return this.#payload.byteLength;
  }

  /** The message as a WebSocket text frame. */
  get webSocketFrame(): Buffer {
    this.#webSocketFrame ??= textFrame(this.#payload);
    return this.#webSocketFrame;
  }

  /**
   * The frame for clients with `permessage-deflate`: compressed unless that would not make it
   * smaller.
   */
  get deflatedFrame(): Buffer {
    if (this.#deflatedFrame === undefined) {
      const deflated = deflateMessage(this.#payload);
      this.#deflatedFrame = deflated === null ? this.webSocketFrame : textFrame(deflated, true);
    }
    return this.#deflatedFrame;
  }

  /** The message as an unnamed Server-Sent Event, so that `onmessage` receives it. */
  get sseEvent(): Buffer {
    this.#sseEvent ??= sseEvent(
      Buffer.from(this.#payload.buffer, this.#payload.byteOffset, this.#payload.byteLength),
      this.position === null ? "" : `id: ${eventIdOf(this.position)}\n`,
    );
    return this.#sseEvent;
  }

  /** Frees the encodings. They are made again if needed. */
  dropEncodings(): void {
    this.#webSocketFrame = undefined;
    this.#deflatedFrame = undefined;
    this.#sseEvent = undefined;
  }
}

function sseEvent(payload: Buffer, id: string): Buffer {
  // A line break would end the field, so each line becomes a data field; the client joins them.
  if (!payload.includes(0x0a) && !payload.includes(0x0d))
    return Buffer.concat([Buffer.from(`${id}data: `), payload, Buffer.from("\n\n")]);
  const lines = payload.toString("utf8").split(LINE_BREAK);
  return Buffer.from(`${id}${lines.map((line) => `data: ${line}`).join("\n")}\n\n`, "utf8");
}
