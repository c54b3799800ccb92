import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { TakenBytes } from "./taken-bytes.ts";

/** Closes the connections of clients that do not read their responses. */
export class StalledResponses {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #onStall: (socket: Socket) => void;
  readonly #watched = new Map<Socket, TakenBytes>();
  #cancelSweep: (() => void) | null = null;

  /** @param onStall called for each connection before it is closed */
  constructor(limits: StreamLimits, clock: Clock, onStall: (socket: Socket) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onStall = onStall;
  }

  /** Watches a connection until it closes or the returned function is called. */
  watch(socket: Socket): () => void {
    const watched = new TakenBytes(socket, this.#limits.stallTimeoutMs);
    const end = (): void => {
      if (this.#watched.get(socket) === watched) this.#watched.delete(socket);
      socket.removeListener("close", end);
    };
    this.#watched.set(socket, watched);
    socket.once("close", end);
    this.#scheduleSweep();
    return end;
  }

  #scheduleSweep(): void {
    if (this.#watched.size === 0) return;
    this.#cancelSweep ??= this.#clock.after(this.#limits.sweepIntervalMs, () => {
      this.#cancelSweep = null;
      this.#sweep();
      this.#scheduleSweep();
    });
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [socket, watched] of this.#watched) {
      if (watched.check(socket.writableLength, now) !== "stalled") continue;
      this.#onStall(socket);
      socket.destroy();
    }
  }
}
