import type { SeededRandom } from "./seeded-random.ts";
import { BLOCK_OVERHEAD_WEIGHT, MAX_BLOCK_WEIGHT } from "./simulated-block.ts";
import type { SimulatedMempool } from "./simulated-mempool.ts";
import type { SimulatedTransaction } from "./simulated-transaction.ts";

const COINBASE_WEIGHT = 1000;
/** Seconds by which a miner's template is older than the block. */
const PROPAGATION_SECONDS = 3;
/** Maximum share of the mempool, the cheapest, that is left out even if there is room. */
const LEFT_BEHIND_SHARE = 0.4;

/**
 * Selects the transactions of a block at `time`: highest fee rates that fit, parents before
 * children.
 */
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
  // Entry order has parents first, so a child without its parent is left out.
  return candidates.filter((transaction) => {
    const ready = transaction.parents.every((parent) => !mempool.has(parent.txid) || fitting.has(parent));
    if (!ready) fitting.delete(transaction);
    return fitting.has(transaction);
  });
}
