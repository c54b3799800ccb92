import type { BusConfirmedState, ConfirmedUpdateData } from "@utxoracle/models";
import type { ShownUpdate } from "./edge-live.ts";

/**
 * The confirmed side as an edge shows it: the delta to readers who have the state before, else the snapshot. A new leader
 * whose node has the same blocks says the same as the one before, and readers need not be told again.
 */
export class EdgeConfirmed {
  readonly #show: (shown: ShownUpdate) => void;
  #data: ConfirmedUpdateData | null = null;
  #text = "";
  #held: { readonly term: number; readonly number: number } = { term: 0, number: 0 };

  constructor(show: (shown: ShownUpdate) => void) {
    this.#show = show;
  }

  /** As shown last; null before the first. */
  get data(): ConfirmedUpdateData | null {
    return this.#data;
  }

  /** Whether a state is not the one held. */
  isNews(term: number, number: number): boolean {
    return number > 0 && (term !== this.#held.term || number !== this.#held.number);
  }

  /** The state that the lease names. */
  take({ term, number, snapshot, delta }: BusConfirmedState): void {
    const follows = term === this.#held.term && number === this.#held.number + 1;
    this.#held = { term, number };
    const text = JSON.stringify(snapshot);
    if (text === this.#text) return;
    this.#text = text;
    this.#data = snapshot.data;
    this.#show({ delta: delta !== null && follows ? JSON.stringify(delta) : text, snapshot: () => text });
  }
}
