import { isRoundBitcoin } from "../../round-bitcoin.ts";

/**
 * Maximum votes of one exact amount: one actor who repeats it (a batch, a flood) is not many
 * actors.
 */
const VOTES_PER_AMOUNT = 2;

/** Below this many satoshis payments share a value by chance, so more repeats count. */
const CROWDED_BELOW_SATS = 20_000;

/** The amounts that can support a price: each exact value once, ascending, with its votes. */
export interface DistinctAmounts {
  readonly sats: Float64Array;
  readonly votes: Float64Array;
}

/**
 * Drops amounts that are round in bitcoin and limits the votes of each exact value.
 *
 * @param amountsSats whole satoshis in any order
 */
export function distinctAmounts(amountsSats: Float64Array): DistinctAmounts {
  const sorted = amountsSats.slice().sort();
  const sats = new Float64Array(sorted.length);
  const votes = new Float64Array(sorted.length);
  let count = 0;
  for (let start = 0; start < sorted.length; ) {
    const value = sorted[start]!;
    let end = start + 1;
    while (end < sorted.length && sorted[end] === value) end++;
    if (!isRoundBitcoin(value)) {
      sats[count] = value;
      votes[count++] = Math.min(end - start, mostVotes(value));
    }
    start = end;
  }
  return { sats: sats.subarray(0, count), votes: votes.subarray(0, count) };
}

function mostVotes(sats: number): number {
  return VOTES_PER_AMOUNT * Math.max(1, Math.ceil(CROWDED_BELOW_SATS / sats));
}
