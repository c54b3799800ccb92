import type { LadderAmount } from "../src/posterior/likelihood/ladder.ts";
import { CANDIDATES_USD, COMMON_USD, type LadderCounts, PEAK_REACH } from "./ladder-counts.ts";

/**
 * Standard deviations of the background by which an uncommon amount must stand out in all sets
 * together …
 */
const SIGNIFICANT = 2;
/**
 * … and the share of the sets in which there must be more of it than expected: else it is one
 * actor's.
 */
const LEAST_SETS = 0.5;
/**
 * Part of the standard deviation taken off an uncommon amount: of many candidates the largest are
 * partly luck.
 */
const SHRINKAGE = 0.5;
/** Share of a peak's amounts within the reach in which they are counted. */
const PEAK_COVERED = 0.85;
/** Fewest amounts beside a peak that its background is taken from, over all sets. */
const LEAST_BACKGROUND = 1;

/** The share of all amounts that each round dollar amount has, pooled over the sets. */
export function fitLadder(sets: readonly LadderCounts[]): LadderAmount[] {
  const amounts = sets.reduce((sum, set) => sum + set.amounts, 0);
  return CANDIDATES_USD.flatMap((usd, i) => {
    const common = COMMON_USD.includes(usd);
    const inPeak = sets.reduce((sum, set) => sum + set.inPeak[i]!, 0);
    const expected = sets.reduce((sum, set) => sum + set.expected[i]!, 0);
    const sigmas = (inPeak - expected) / Math.sqrt(expected + 1);
    const present = sets.filter((set) => set.inPeak[i]! > set.expected[i]!).length;
    if (!common && (sigmas < SIGNIFICANT || present < LEAST_SETS * sets.length)) return [];
    const excess = inPeak - expected - (common ? 0 : SHRINKAGE * Math.sqrt(expected));
    if (excess <= 0) return [];
    const background = Math.max(LEAST_BACKGROUND, expected) / (amounts * 2 * PEAK_REACH);
    return [{ usd, share: excess / (amounts * PEAK_COVERED), background, common }];
  });
}
