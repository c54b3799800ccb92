import type { DistinctAmounts } from "./distinct-amounts.ts";
import { firstAtLeast } from "./peak-counts.ts";

/** Votes of all multiples of one unit together, as many as one exact amount has. */
const VOTES_PER_UNIT = 2;
/** Multiples up to this are looked for. */
const LARGEST_MULTIPLE = 200;
/** Smaller units have multiples by chance in any set. */
const SMALLEST_UNIT_SATS = 500;
/** Distinct multiples that show an actor, beside this many times those expected by chance. */
const LEAST_MULTIPLES = 7;
const TIMES_CHANCE = 3;
/** Chance is read off the density of amounts within this ratio of a multiple. */
const DENSITY_RATIO = 1.25;
/** In a larger set no actor's multiples are enough to mislead. */
const MOST_AMOUNTS = 10_000;

/**
 * One actor is one voice: many distinct amounts that are exact multiples of one number of satoshis are one program's, and
 * look like the ladder of round dollar amounts at a price of its own. Together they keep the votes of one amount.
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

/** How many multiples each number of satoshis has that has any. */
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

/** How many of the amounts are expected to be exact multiples of a unit by chance. */
function byChance(sats: Float64Array, unit: number): number {
  let expected = 0;
  for (let multiple = 1; multiple <= LARGEST_MULTIPLE; multiple++) {
    const from = (unit * multiple) / DENSITY_RATIO;
    const to = unit * multiple * DENSITY_RATIO;
    expected += (firstAtLeast(sats, to) - firstAtLeast(sats, from)) / (to - from);
  }
  return expected;
}
