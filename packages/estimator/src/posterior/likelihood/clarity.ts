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
 * Turns tempered log-likelihoods (nats) into likelihoods divided by exp(`scale`), in place. A slice
 * of time may show the pattern as measured, weakly, or not at all (a storm of other transactions).
 * Such a slice decides little, instead of contradicting the truth.
 *
 * @param scale at least the largest of the log-likelihoods, and at least 0
 */
export function likelihoodInPlace(logLikelihood: Float64Array, scale: number, { full, weak, none }: Clarity): void {
  const scaledFull = full * Math.exp(-scale);
  const scaledWeak = weak * Math.exp(-scale);
  const scaledNone = none * Math.exp(-scale);
  for (let cell = 0; cell < logLikelihood.length; cell++) {
    const value = logLikelihood[cell]!;
    let likelihood = scaledNone;
    if (value > 0)
      likelihood = full * Math.exp(value - scale) + weak * Math.exp(weakTemper * value - scale) + scaledNone;
    else if (value > -NEGLIGIBLE)
      likelihood += scaledFull * Math.exp(value) + scaledWeak * Math.exp(weakTemper * value);
    logLikelihood[cell] = likelihood;
  }
}
