import { Simulation } from "./simulation.ts";
import type { SimulationOptions } from "./simulation-options.ts";

/** A transaction of {@link generateTransactions}. */
export interface GeneratedTransaction {
  readonly rawBytes: Uint8Array;
  readonly txid: string;
  /** Arrival, Unix seconds. */
  readonly timestamp: number;
  /** True price at arrival, dollars per bitcoin. */
  readonly price: number;
}

/**
 * Generates the transactions of a simulation in order of arrival, replacements included, without a
 * node. Pure: the same arguments give the same bytes.
 *
 * @param options - `historySeconds` is ignored; the first transaction arrives just after
 *   `startTimestamp`
 * @param startTimestamp - Unix seconds
 */
export function* generateTransactions(
  options: SimulationOptions & { readonly count: number },
  startTimestamp = 0,
): Generator<GeneratedTransaction, void, undefined> {
  const { count, ...market } = options;
  const simulation = new Simulation({ ...market, historySeconds: 0, unseenShare: 0 }, startTimestamp);
  const stepSeconds = 100 / Math.max(simulation.options.transactionsPerSecond, 0.001);
  for (let made = 0; made < count; ) {
    const batch: GeneratedTransaction[] = [];
    simulation.advance(simulation.time + stepSeconds, (event) => {
      if (event.type !== "transaction_added") return;
      const { rawBytes, txid } = event.transaction;
      const price = simulation.priceAt(event.time);
      batch.push({ rawBytes, txid, timestamp: startTimestamp + event.time, price });
    });
    for (const transaction of batch) {
      if (made++ >= count) return;
      yield transaction;
    }
  }
}
