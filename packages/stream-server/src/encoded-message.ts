import { textFrame } from "./web-socket-frame.ts";

const LINE_BREAK = /\r\n|\r|\n/;

/** A message, encoded at most once per kind of connection. All clients share the bytes. */
export class EncodedMessage {
  readonly #payload: Uint8Array;
  #webSocketFrame: Buffer | undefined;
  #sseEvent: Buffer | undefined;

  /** @param text the message; bytes must be UTF-8. */
  constructor(text: string | Uint8Array) {
    this.#payload = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  }

  get byteLength(): number {
    return this.#payload.byteLength;
  }

  /** The message as a WebSocket text frame. */
  get webSocketFrame(): Buffer {
    this.#webSocketFrame ??= textFrame(this.#payload);
    return this.#webSocketFrame;
  }

  /** The message as an unnamed Server-Sent Event, so that `onmessage` receives it. */
  get sseEvent(): Buffer {
    this.#sseEvent ??= sseEvent(Buffer.from(this.#payload.buffer, this.#payload.byteOffset, this.#payload.byteLength));
    return this.#sseEvent;
  }
}

function sseEvent(payload: Buffer): Buffer {
  // A line break would end the field, so each line becomes a data field; the client joins them.
  if (!payload.includes(0x0a) && !payload.includes(0x0d))
    return Buffer.concat([Buffer.from("data: "), payload, Buffer.from("\n\n")]);
  const lines = payload.toString("utf8").split(LINE_BREAK);
  return Buffer.from(`${lines.map((line) => `data: ${line}`).join("\n")}\n\n`, "utf8");
}
