import { firstAtLeast } from "../arrays.ts";
import type { DistinctAmounts } from "./distinct-amounts.ts";

/** Votes of all multiples of one unit together, as of one exact amount. */
const VOTES_PER_UNIT = 2;
/** Maximum multiple that is searched. */
const LARGEST_MULTIPLE = 200;
/** Minimum unit; any set has multiples of smaller ones by chance. */
const SMALLEST_UNIT_SATS = 500;
/**
 * Number of distinct multiples that show an actor, besides this factor over the number expected by
 * chance.
 */
const LEAST_MULTIPLES = 7;
const TIMES_CHANCE = 3;
/** The number expected by chance is from the density of amounts within this ratio of a multiple. */
const DENSITY_RATIO = 1.25;
/** In a larger set one actor's multiples are too few to mislead. */
const MOST_AMOUNTS = 10_000;

/**
 * Limits the votes of one actor. Many distinct amounts that are exact multiples of one number of
 * satoshis come from one program and look like the ladder at a price of their own. Together they
 * get the votes of one amount.
 */
export function withoutUnitMultiples(amounts: DistinctAmounts): DistinctAmounts {
  const { sats } = amounts;
  if (sats.length > MOST_AMOUNTS) return amounts;
  const suspects = [...multiplesByUnit(sats)]
    .filter(([, count]) => count >= LEAST_MULTIPLES)
    .sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  if (suspects.length === 0) return amounts;
  const places = new Map(Array.from(sats, (value, index) => [value, index]));
  const votes = amounts.votes.slice();
  const taken = new Set<number>();
  for (const [unit] of suspects) {
    const left: number[] = [];
    for (let multiple = 1; multiple <= LARGEST_MULTIPLE; multiple++) {
      const index = places.get(unit * multiple);
      if (index !== undefined && !taken.has(index)) left.push(index);
    }
    if (left.length < LEAST_MULTIPLES || left.length < LEAST_MULTIPLES + TIMES_CHANCE * byChance(sats, unit)) continue;
    const all = left.reduce((sum, index) => sum + votes[index]!, 0);
    for (const index of left) {
      taken.add(index);
      votes[index]! *= Math.min(1, VOTES_PER_UNIT / all);
    }
  }
  return taken.size === 0 ? amounts : { sats, votes };
}

/** Number of multiples of each unit that has any. */
function multiplesByUnit(sats: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of sats) {
    const largest = Math.min(LARGEST_MULTIPLE, Math.floor(value / SMALLEST_UNIT_SATS));
    for (let multiple = 1; multiple <= largest; multiple++) {
      if (value % multiple === 0) counts.set(value / multiple, (counts.get(value / multiple) ?? 0) + 1);
    }
  }
  return counts;
}

/** Number of amounts expected to be exact multiples of a unit by chance. */
function byChance(sats: Float64Array, unit: number): number {
  let expected = 0;
  for (let multiple = 1; multiple <= LARGEST_MULTIPLE; multiple++) {
    const from = (unit * multiple) / DENSITY_RATIO;
    const to = unit * multiple * DENSITY_RATIO;
    expected += (firstAtLeast(sats, to) - firstAtLeast(sats, from)) / (to - from);
  }
  return expected;
}
