import type { Socket } from "node:net";

/** What a connection's peer did since the look before: there was nothing for it to take, it took bytes, or it took none. */
export type Taking = "nothing_waits" | "takes" | "takes_nothing";

/** Notices whether the peer of a connection takes what waits for it in this process. */
export class ReadProgress {
  readonly #socket: Socket;
  #taken = 0;
  #waited = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param waitingBytes that wait for the peer now. */
  look(waitingBytes: number): Taking {
    const waited = this.#waited;
    const taken = this.#socket.bytesWritten - this.#socket.writableLength - this.#unsentOfOneWrite();
    const changed = taken !== this.#taken;
    this.#taken = taken;
    this.#waited = waitingBytes > 0;
    if (waited && (changed || waitingBytes === 0)) return "takes";
    return waitingBytes === 0 ? "nothing_waits" : "takes_nothing";
  }

  /**
   * A large write is under way until the system has taken all of it. What is left of it is known to the handle alone,
   * from which Node.js's own inactivity timer reads it too.
   */
  #unsentOfOneWrite(): number {
    const { _handle: handle } = this.#socket as Socket & { readonly _handle?: { readonly writeQueueSize?: unknown } };
    return typeof handle?.writeQueueSize === "number" ? handle.writeQueueSize : 0;
  }
}
