import type { SeededRandom } from "./seeded-random.ts";
import { BLOCK_OVERHEAD_WEIGHT, MAX_BLOCK_WEIGHT } from "./simulated-block.ts";
import type { SimulatedMempool } from "./simulated-mempool.ts";
import type { SimulatedTransaction } from "./simulated-transaction.ts";

const COINBASE_WEIGHT = 1000;
/** A miner works on what it knew a few seconds ago. */
const PROPAGATION_SECONDS = 3;
/** At most this share of the mempool, the cheapest, is left for later even when there is room. */
const LEFT_BEHIND_SHARE = 0.4;

/** Chooses what a miner would put into a block at `time`: the best fee rates that fit, parents before children. */
export function chooseTransactions(
  mempool: SimulatedMempool,
  time: number,
  reservedWeight: number,
  random: SeededRandom,
): SimulatedTransaction[] {
  const candidates: SimulatedTransaction[] = [];
  for (const { transaction, enteredAt } of mempool.entries()) {
    if (enteredAt <= time - PROPAGATION_SECONDS) candidates.push(transaction);
  }
  const byFeeRate = [...candidates].sort((a, b) => b.feeRate - a.feeRate);
  const wanted = Math.ceil(byFeeRate.length * (1 - LEFT_BEHIND_SHARE * random.float()));
  let room = MAX_BLOCK_WEIGHT - BLOCK_OVERHEAD_WEIGHT - COINBASE_WEIGHT - reservedWeight;
  const fitting = new Set<SimulatedTransaction>();
  for (const transaction of byFeeRate.slice(0, wanted)) {
    if (transaction.weight > room) continue;
    room -= transaction.weight;
    fitting.add(transaction);
  }
  // In the order of entry parents come first: a child whose parent stays behind stays behind too.
  return candidates.filter((transaction) => {
    const ready = transaction.parents.every((parent) => !mempool.has(parent.txid) || fitting.has(parent));
    if (!ready) fitting.delete(transaction);
    return fitting.has(transaction);
  });
}
