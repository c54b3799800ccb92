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
const MOST_AMOUNTS = 20_000;

/**
 * One actor is one voice: many distinct amounts that are exact multiples of one number of satoshis are one program's, and
 * look like the ladder of round dollar amounts at a price of its own. Together they keep the votes of one amount.
 */
export function withoutUnitMultiples(amounts: DistinctAmounts): DistinctAmounts {
  const { sats } = amounts;
  if (sats.length > MOST_AMOUNTS) return amounts;
  const suspects = [...multiplesByUnit(sats)]
    .filter(([, multiples]) => multiples.length >= LEAST_MULTIPLES)
    .sort((a, b) => b[1].length - a[1].length || b[0] - a[0]);
  const votes = amounts.votes.slice();
  const taken = new Set<number>();
  for (const [unit, multiples] of suspects) {
    const left = multiples.filter((index) => !taken.has(index));
    if (left.length < LEAST_MULTIPLES || left.length < LEAST_MULTIPLES + TIMES_CHANCE * byChance(sats, unit)) continue;
    const all = left.reduce((sum, index) => sum + votes[index]!, 0);
    for (const index of left) {
      taken.add(index);
      votes[index]! *= Math.min(1, VOTES_PER_UNIT / all);
    }
  }
  return taken.size === 0 ? amounts : { sats, votes };
}

/** The places of the multiples of each number of satoshis that has any. */
function multiplesByUnit(sats: Float64Array): Map<number, number[]> {
  const multiples = new Map<number, number[]>();
  sats.forEach((value, index) => {
    for (let multiple = 1; multiple <= LARGEST_MULTIPLE && value >= multiple * SMALLEST_UNIT_SATS; multiple++) {
      if (value % multiple !== 0) continue;
      const known = multiples.get(value / multiple);
      if (known === undefined) multiples.set(value / multiple, [index]);
      else known.push(index);
    }
  });
  return multiples;
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
