import type { Socket } from "node:net";

/** A peer must take this many of the bytes that wait for it, or all, within the time limit. */
export const PROGRESS_BYTES = 64 * 1024;

/** What the bytes taken since the last checks say: none wait, enough were taken, or not yet. */
export type TakenState = "idle" | "progress" | "waiting" | "stalled";

/**
 * Detects whether the peer of a connection takes the bytes that wait for it in this process. Only
 * bytes count, whatever the peer sends, and a trickle is not enough.
 */
export class TakenBytes {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  /** Total of bytes to be taken, and until when; null while none wait. */
  #goal: { readonly taken: number; readonly dueAtMs: number } | null = null;

  /** @param timeoutMs time limit for {@link PROGRESS_BYTES} */
  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
  }

  /** @param waitingBytes bytes that wait for the peer now */
  check(waitingBytes: number, nowMs: number): TakenState {
    const taken = this.#socket.bytesWritten - this.#socket.writableLength - this.#unsentOfOneWrite();
    const goal = this.#goal;
    if (waitingBytes === 0) {
      this.#goal = null;
      return goal === null ? "idle" : "progress";
    }
    if (goal !== null && taken < goal.taken) return nowMs >= goal.dueAtMs ? "stalled" : "waiting";
    this.#goal = { taken: taken + Math.min(waitingBytes, PROGRESS_BYTES), dueAtMs: nowMs + this.#timeoutMs };
    return goal === null ? "waiting" : "progress";
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
