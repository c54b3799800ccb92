import type { StreamView } from "@utxoracle/viz";

/** The first minute without a connection, and the longest pause between two attempts in it. */
const EARLY_MS = 60_000;
const PAUSE_MS = 5_000;

/**
 * Reconnects at least every 5 s in the first minute, because a user who has just started the
 * service is waiting. Later the client's own, growing pauses apply.
 */
export class EarlyRetries {
  readonly #connect: () => void;
  readonly #now: () => number;
  #lostAtMs: number | null = null;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  /** @param now monotonic milliseconds */
  constructor(connect: () => void, now: () => number = () => performance.now()) {
    this.#connect = connect;
    this.#now = now;
  }

  /** Call it after each change of the connection, and once a second. */
  update({ connection }: Pick<StreamView, "connection">): void {
    const nowMs = this.#now();
    if (connection === "open") this.#lostAtMs = null;
    else this.#lostAtMs ??= nowMs;
    if (connection === "connecting") this.#triedAtMs = nowMs;
    const isEarly = this.#lostAtMs !== null && nowMs - this.#lostAtMs < EARLY_MS;
    if (connection !== "waiting" || !isEarly || nowMs - this.#triedAtMs < PAUSE_MS - 1000) return;
    this.#triedAtMs = nowMs;
    this.#connect();
  }
}
