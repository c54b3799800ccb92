import type { Socket } from "node:net";

/** Progress of a peer since the last check: nothing to read, has read bytes, or has read none. */
export type ReadState = "idle" | "reading" | "stalled";

/** Detects whether the peer of a connection reads the bytes that wait for it in this process. */
export class ReadProgress {
  readonly #socket: Socket;
  #bytesRead = 0;
  #hadBytesWaiting = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param waitingBytes bytes that wait for the peer now */
  check(waitingBytes: number): ReadState {
    const hadBytesWaiting = this.#hadBytesWaiting;
    const bytesRead = this.#socket.bytesWritten - this.#socket.writableLength - this.#unsentOfOneWrite();
    const changed = bytesRead !== this.#bytesRead;
    this.#bytesRead = bytesRead;
    this.#hadBytesWaiting = waitingBytes > 0;
    if (hadBytesWaiting && (changed || waitingBytes === 0)) return "reading";
    return waitingBytes === 0 ? "idle" : "stalled";
  }

  /**
   * Unsent bytes of a large write in progress. Only the internal handle knows them; Node's own
   * inactivity timer reads them there too.
   */
  #unsentOfOneWrite(): number {
    const { _handle: handle } = this.#socket as Socket & { readonly _handle?: { readonly writeQueueSize?: unknown } };
    return typeof handle?.writeQueueSize === "number" ? handle.writeQueueSize : 0;
  }
}
