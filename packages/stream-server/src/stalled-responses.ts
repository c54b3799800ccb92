import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { ReadProgress } from "./read-progress.ts";
import type { StreamLimits } from "./stream-limits.ts";

interface Watched {
  readonly taken: ReadProgress;
  /** When the client last took bytes, or there were none for it to take. */
  tookAtMs: number;
}

/** Closes the connections of clients that do not take their answers. */
export class StalledResponses {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #onStall: (socket: Socket) => void;
  readonly #watched = new Map<Socket, Watched>();
  #cancelSweep: (() => void) | null = null;

  /** @param onStall called for each connection just before it is cut off. */
  constructor(limits: StreamLimits, clock: Clock, onStall: (socket: Socket) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onStall = onStall;
  }

  /** Watches a connection until it closes or the result is called. */
  watch(socket: Socket): () => void {
    const watched = { taken: new ReadProgress(socket), tookAtMs: this.#clock.now() };
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
      if (watched.taken.look(socket.writableLength) !== "takes_nothing") {
        watched.tookAtMs = now;
      } else if (now - watched.tookAtMs >= this.#limits.stallTimeoutMs) {
        this.#onStall(socket);
        socket.destroy();
      }
    }
  }
}
