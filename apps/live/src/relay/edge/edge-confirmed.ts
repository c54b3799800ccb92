import type { BusConfirmedState, ConfirmedPicture, ConfirmedUpdate, ConfirmedUpdateData } from "@utxoracle/models";
import { confirmedStatus } from "../../state/status.ts";
import type { ShownUpdate } from "./edge-live.ts";

/**
 * Confirmed prices of an edge. Publishes the delta if it follows the previous state, else the
 * snapshot; and nothing if the snapshot is unchanged, e.g. from a new leader with the same blocks.
 */
export class EdgeConfirmed {
  readonly #show: (shown: ShownUpdate) => void;
  #snapshot: ConfirmedUpdate | null = null;
  #picture: ConfirmedPicture | null = null;
  /** JSON of the last snapshot received. */
  #received = "";
  #held: { readonly term: number; readonly number: number } = { term: 0, number: 0 };

  constructor(show: (shown: ShownUpdate) => void) {
    this.#show = show;
  }

  /** The published snapshot; null before the first. */
  get data(): ConfirmedUpdateData | null {
    return this.#snapshot?.data ?? null;
  }

  /** The points of the published snapshot. */
  get picture(): ConfirmedPicture | null {
    return this.#picture;
  }

  /** Whether the state differs from the current one. */
  isNew(term: number, number: number): boolean {
    return number > 0 && (term !== this.#held.term || number !== this.#held.number);
  }

  /** Publishes a state read from the bucket. */
  onState({ term, number, snapshot, delta, picture }: BusConfirmedState): void {
    const follows = term === this.#held.term && number === this.#held.number + 1;
    this.#held = { term, number };
    const text = JSON.stringify(snapshot);
    if (text === this.#received) return;
    // Another object only if the points changed: the route compresses each once.
    if (picture?.tip !== this.#picture?.tip || picture?.price_steps.length !== this.#picture?.price_steps.length)
      this.#picture = picture;
    this.#received = text;
    this.#showSnapshot(snapshot, delta !== null && follows ? JSON.stringify(delta) : text);
  }

  /**
   * Publishes the status `stale` when the last block is too old. Call it periodically.
   * @param now Unix seconds.
   */
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
