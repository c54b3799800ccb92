import { isRoundBitcoin } from "../../round-bitcoin.ts";

/**
 * Maximum votes of one exact amount: one actor who repeats it (a batch, a flood) is not many
 * actors.
 */
const VOTES_PER_AMOUNT = 2;
/** Below this many satoshis payments share a value by chance, so more repeats count. */
const CROWDED_BELOW_SATS = 20_000;
/** A transaction is one actor: its outputs together have at most this many votes. */
const VOTES_PER_BATCH = 20;

/** The amounts that can support a price: each exact value once, ascending, with its votes. */
export interface DistinctAmounts {
  readonly sats: Float64Array;
  readonly votes: Float64Array;
}

/**
 * The amounts of payments: each has a vote.
 *
 * @param amountsSats whole satoshis in any order
 */
export function distinctAmounts(amountsSats: Float64Array): DistinctAmounts {
  const votesOf = new Map<number, number>();
  for (const sats of amountsSats) votesOf.set(sats, (votesOf.get(sats) ?? 0) + 1);
  return limited(votesOf, (sats) => VOTES_PER_AMOUNT * Math.max(1, Math.ceil(CROWDED_BELOW_SATS / sats)));
}

/**
 * The amounts of batch payouts: each exact value of a transaction has its share of the
 * transaction's votes.
 *
 * @param batches whole satoshis of the outputs of each transaction
 */
export function batchAmounts(batches: readonly Float64Array[]): DistinctAmounts {
  const votesOf = new Map<number, number>();
  for (const outputs of batches) {
    const vote = Math.min(1, VOTES_PER_BATCH / outputs.length);
    for (const sats of new Set(outputs)) votesOf.set(sats, (votesOf.get(sats) ?? 0) + vote);
  }
  return limited(votesOf, () => VOTES_PER_AMOUNT);
}

/** Drops amounts that are round in bitcoin and limits the votes of each exact value. */
function limited(votesOf: ReadonlyMap<number, number>, most: (sats: number) => number): DistinctAmounts {
  const sats = Float64Array.from(votesOf.keys())
    .filter((value) => !isRoundBitcoin(value))
    .sort();
  return { sats, votes: sats.map((value) => Math.min(most(value), votesOf.get(value)!)) };
}
