import { HISTORY_STEPS } from "@utxoracle/models";
import type { PriceHistory } from "../../history/price-history.ts";
import type { AskAnalyzer } from "./ask-analyzer.ts";

export interface EdgeHistoryOptions {
  readonly analyzer: Pick<AskAnalyzer, "history">;
  /** The prices that this edge has published. */
  readonly history: Pick<PriceHistory, "fill">;
  /** Run of the analyzer that the edge follows; null before the first update. */
  readonly epoch: () => string | null;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
  /** Time between two reads, ms. */
  readonly periodMs: number;
  /** Time until a failed read is repeated, ms. */
  readonly retryMs: number;
}

/**
 * Fills the history of an edge from its analyzer: at the start, after a change of the analyzer, and
 * periodically.
 */
export class EdgeHistory {
  readonly #options: EdgeHistoryOptions;
  #epoch: string | null = null;
  #dueAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: EdgeHistoryOptions) {
    this.#options = options;
  }

  /** Reads the history if it is due. */
  async step(): Promise<void> {
    const { analyzer, history, epoch, now, periodMs, retryMs } = this.#options;
    const current = epoch();
    if (current === null || (current === this.#epoch && now() < this.#dueAtMs)) return;
    this.#epoch = current;
    this.#dueAtMs = now() + retryMs;
    for (const { stepSeconds } of HISTORY_STEPS) {
      const columns = await analyzer.history(stepSeconds);
      if (columns === null) return;
      history.fill(columns);
    }
    this.#dueAtMs = now() + periodMs;
  }
}
