import type { BusConfirmedState, ConfirmedUpdate, ConfirmedUpdateData } from "@utxoracle/models";
import { confirmedStatus } from "../../state/status.ts";
import type { ShownUpdate } from "./edge-live.ts";

/**
 * The confirmed side as an edge shows it: the delta to clients who have the state before, else the snapshot. A new leader
 * whose node has the same blocks says the same as the one before, and clients need not be told again.
 */
export class EdgeConfirmed {
  readonly #show: (shown: ShownUpdate) => void;
  #snapshot: ConfirmedUpdate | null = null;
  /** The state taken last, as text. */
  #received = "";
  #held: { readonly term: number; readonly number: number } = { term: 0, number: 0 };

  constructor(show: (shown: ShownUpdate) => void) {
    this.#show = show;
  }

  /** As shown last; null before the first. */
  get data(): ConfirmedUpdateData | null {
    return this.#snapshot?.data ?? null;
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
    if (text === this.#received) return;
    this.#received = text;
    this.#showSnapshot(snapshot, delta !== null && follows ? JSON.stringify(delta) : text);
  }

  /** To be called often: reports that the price has grown too old, also when nothing comes from an analyzer. @param now Unix seconds */
  expire(now: number): void {
    const snapshot = this.#snapshot;
    if (snapshot === null) return;
    const { data } = snapshot;
    const status = confirmedStatus(data.status, data.block_timestamp, now);
    if (status !== data.status) this.#showSnapshot({ ...snapshot, data: { ...data, status } });
  }

  #showSnapshot(snapshot: ConfirmedUpdate, delta?: string): void {
    this.#snapshot = snapshot;
    const text = JSON.stringify(snapshot);
    this.#show({ delta: delta ?? text, snapshot: () => text });
  }
}
