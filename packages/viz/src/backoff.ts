import { checkNumber } from "./argument.ts";

/** Delays between connection attempts. */
export interface BackoffOptions {
  /** Upper bound of the first delay, milliseconds. Default 500. */
  readonly minimumDelayMs?: number;
  /** Upper bound of every delay, milliseconds. Default 30,000. */
  readonly maximumDelayMs?: number;
}

/**
 * Exponential back-off with jitter: half of the delay is fixed, half random. The random half
 * spreads the reconnects of many clients after a server restart.
 * @param attempt 0 for the first retry; the delay doubles with each attempt up to the maximum.
 * @param random in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number, options: BackoffOptions = {}): number {
  checkNumber(attempt, "attempt");
  checkNumber(random, "random");
  const { minimumDelayMs = 500, maximumDelayMs = 30_000 } = options;
  // Without this bound the power overflows after days of retries.
  const ceiling = Math.min(maximumDelayMs, minimumDelayMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (ceiling / 2) * random;
}
