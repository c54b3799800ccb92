import { isRoundBitcoin } from "../../round-bitcoin.ts";
import type { DistinctAmounts } from "./distinct-amounts.ts";

/** A transaction is one actor: all its outputs together have no more votes than so many payments. */
const VOTES_PER_BATCH = 20;
/** Votes of one exact amount, as in `distinctAmounts`. */
const VOTES_PER_AMOUNT = 2;

/**
 * The amounts that batch payouts contribute: each exact value of a transaction once, with the vote that is left for each of
 * its outputs.
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
