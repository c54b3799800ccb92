import { FILTER } from "../filter/filter-model.ts";

const { weakTemper } = FILTER;

/** Shares of the time in which the pattern stands out as measured, weakly, not at all. */
export interface Clarity {
  full: number;
  weak: number;
  none: number;
}

/** Log-likelihoods below minus this add nothing that shows beside `none`. */
const NEGLIGIBLE = 12;

/**
 * Turns log-likelihoods (tempered, nats) into likelihoods, in place, divided by exp(`scale`). A stretch of time may show
 * the pattern as measured, weakly, or (a storm of other transactions) not at all: then it decides little instead of
 * speaking against the truth.
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
