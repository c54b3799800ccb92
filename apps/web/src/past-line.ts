import type { HistoryColumns, StreamView } from "@utxoracle/viz";

/** Step of the line of the price, seconds: about a pixel in three hours. */
const STEP_SECONDS = 10;
/** The row of a moment is recorded a few seconds later. */
const DELAY_MS = 12_000;

/**
 * Fills in the line of the price from before the page was opened, and after each lost connection
 * what was missed.
 */
export class PastLine {
  readonly #fetch: (stepSeconds: number) => Promise<HistoryColumns | null>;
  readonly #add: (rows: HistoryColumns) => void;
  readonly #now: () => number;
  #isOpen = false;
  #epoch: string | null = null;
  #dueMs = 0;

  /** @param now monotonic milliseconds */
  constructor(
    fetch: (stepSeconds: number) => Promise<HistoryColumns | null>,
    add: (rows: HistoryColumns) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#fetch = fetch;
    this.#add = add;
    this.#now = now;
  }

  /** Call it after each change of the view, and once a second. */
  async update({ connection, live }: Pick<StreamView, "connection" | "live">): Promise<void> {
    const isOpen = connection === "open" && live !== null;
    if (isOpen && !this.#isOpen) {
      const isNewService = live.epoch !== this.#epoch;
      this.#epoch = live.epoch ?? null;
      this.#dueMs = isNewService ? 0 : this.#now() + DELAY_MS;
    }
    this.#isOpen = isOpen;
    // A replay has its own time, and the service records none.
    if (!isOpen || live.source === "replay" || this.#now() < this.#dueMs) return;
    this.#dueMs = Number.POSITIVE_INFINITY;
    const rows = await this.#fetch(STEP_SECONDS);
    if (rows !== null) this.#add(rows);
  }
}
