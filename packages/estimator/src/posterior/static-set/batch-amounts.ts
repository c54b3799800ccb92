import { isRoundBitcoin } from "../../round-bitcoin.ts";
import type { DistinctAmounts } from "./distinct-amounts.ts";

/** A transaction is one actor: its outputs together have at most this many votes. */
const VOTES_PER_BATCH = 20;
/** Votes of one exact amount, as in `distinctAmounts`. */
const VOTES_PER_AMOUNT = 2;

/**
 * The amounts of batch payouts: each exact value of a transaction once, with its share of the
 * transaction's votes.
 *
 * @param batches whole satoshis of the outputs of each transaction
 */
export function batchAmounts(batches: readonly Float64Array[]): DistinctAmounts {
  const votesOf = new Map<number, number>();
  for (const outputs of batches) {
    const vote = Math.min(1, VOTES_PER_BATCH / outputs.length);
    for (const sats of new Set(outputs))
      if (!isRoundBitcoin(sats)) votesOf.set(sats, Math.min(VOTES_PER_AMOUNT, (votesOf.get(sats) ?? 0) + vote));
  }
  const sats = Float64Array.from(votesOf.keys()).sort();
  return { sats, votes: sats.map((value) => votesOf.get(value)!) };
}
