import type { Budget } from "../../config/budgets.ts";

/** The newest updates within a budget, in the order of their arrival. */
export class NewestUpdates<T extends { readonly bytes: Uint8Array }> {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #updates: T[] = [];
  #bytes = 0;

  constructor({ count, bytes }: Budget) {
    this.#maxCount = count ?? Number.POSITIVE_INFINITY;
    this.#maxBytes = bytes ?? Number.POSITIVE_INFINITY;
  }

  get all(): readonly T[] {
    return this.#updates;
  }

  add(update: T): void {
    this.#updates.push(update);
    this.#bytes += update.bytes.byteLength;
    while (this.#updates.length > this.#maxCount || this.#bytes > this.#maxBytes)
      this.#bytes -= this.#updates.shift()?.bytes.byteLength ?? 0;
  }

  /** Removes and returns some updates, by default all. */
  take(isTaken: (update: T) => boolean = () => true): T[] {
    const taken = this.#updates.filter(isTaken);
    this.#updates = this.#updates.filter((update) => !isTaken(update));
    this.#bytes = this.#updates.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    return taken;
  }
}
