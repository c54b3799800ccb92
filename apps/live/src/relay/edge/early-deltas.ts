import type { BusOrigin } from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";

/** A message of the live subject that is not parsed yet. */
export interface EarlyDelta {
  readonly origin: BusOrigin;
  readonly data: Uint8Array;
}

/** The newest deltas of terms that no lease has named yet: a new leader's may come before its lease is read. */
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

  /** Removes those of a term and returns them in their order. */
  takeOf(term: number): EarlyDelta[] {
    const taken = this.#deltas.filter(({ origin }) => origin.term === term);
    if (taken.length === 0) return [];
    this.#deltas = this.#deltas.filter(({ origin }) => origin.term !== term);
    this.#bytes = this.#deltas.reduce((sum, { data }) => sum + data.byteLength, 0);
    return taken;
  }
}
