import type { BusOrigin } from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";

/** An unparsed message of the live subject. */
export interface EarlyDelta {
  readonly origin: BusOrigin;
  readonly data: Uint8Array;
}

/**
 * The newest deltas of unknown terms. The deltas of a new leader may arrive before its lease is
 * read.
 */
export class EarlyDeltas {
  #deltas: EarlyDelta[] = [];
  #bytes = 0;

  add(delta: EarlyDelta): void {
    const { count, bytes } = budgets.natsWaiting;
    this.#deltas.push(delta);
    this.#bytes += delta.data.byteLength;
    while (this.#deltas.length > count || this.#bytes > bytes)
      this.#bytes -= this.#deltas.shift()?.data.byteLength ?? 0;
  }

  /** Removes and returns the deltas of a term, in order. */
  takeOf(term: number): EarlyDelta[] {
    const taken = this.#deltas.filter(({ origin }) => origin.term === term);
    if (taken.length === 0) return [];
    this.#deltas = this.#deltas.filter(({ origin }) => origin.term !== term);
    this.#bytes = this.#deltas.reduce((sum, { data }) => sum + data.byteLength, 0);
    return taken;
  }
}
