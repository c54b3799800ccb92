import { textFrame } from "./web-socket-frame.ts";

const LINE_BREAK = /\r\n|\r|\n/;

/** One message, encoded at most once for each kind of connection; all clients share the bytes. */
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

  /** The message as one WebSocket text frame. */
  get webSocketFrame(): Buffer {
    this.#webSocketFrame ??= textFrame(this.#payload);
    return this.#webSocketFrame;
  }

  /** The message as one Server-Sent Event without a name, so that `onmessage` gets what a WebSocket's would. */
  get sseEvent(): Buffer {
    this.#sseEvent ??= sseEvent(Buffer.from(this.#payload.buffer, this.#payload.byteOffset, this.#payload.byteLength));
    return this.#sseEvent;
  }
}

function sseEvent(payload: Buffer): Buffer {
  // A line break inside would end the field: each line becomes a data field of its own, which the client joins again.
  if (!payload.includes(0x0a) && !payload.includes(0x0d))
    return Buffer.concat([Buffer.from("data: "), payload, Buffer.from("\n\n")]);
  const lines = payload.toString("utf8").split(LINE_BREAK);
  return Buffer.from(`${lines.map((line) => `data: ${line}`).join("\n")}\n\n`, "utf8");
}
