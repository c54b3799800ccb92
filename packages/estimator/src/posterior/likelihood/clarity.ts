import { FILTER } from "../filter/filter-model.ts";

const { weakTemper } = FILTER;

/** Shares of time in which the pattern is as clear as measured, weak, or absent. */
export interface Clarity {
  full: number;
  weak: number;
  none: number;
}

/** Log-likelihoods below minus this are negligible beside `none`. */
const NEGLIGIBLE = 12;

/**
 * Turns log-likelihoods (nats) into likelihoods, in place, up to a factor that all grids share: so
 * speeds are comparable. A slice of time may show the pattern as measured, weakly, or not at all (a
 * storm of other transactions). Such a slice decides little, instead of contradicting the truth.
 *
 * @param temper power of the likelihood
 */
export function likelihoods(
  grids: readonly Float64Array[],
  temper: number,
  { full, weak, none }: Clarity,
): readonly Float64Array[] {
  let highest = 0;
  for (const nats of grids)
    for (let cell = 0; cell < nats.length; cell++) if (temper * nats[cell]! > highest) highest = temper * nats[cell]!;
  const scale = Math.exp(-highest);
  for (const nats of grids)
    for (let cell = 0; cell < nats.length; cell++) {
      const value = temper * nats[cell]!;
      let likelihood = scale * none;
      if (value > 0) likelihood += full * Math.exp(value - highest) + weak * Math.exp(weakTemper * value - highest);
      else if (value > -NEGLIGIBLE)
        likelihood += scale * (full * Math.exp(value) + weak * Math.exp(weakTemper * value));
      nats[cell] = likelihood;
    }
  return grids;
}
