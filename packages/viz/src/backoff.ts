/** How long to wait between attempts to connect. */
export interface BackoffOptions {
  /** Longest first wait, milliseconds. Default 500. */
  readonly minimumDelayMs?: number;
  /** Longest wait of all, milliseconds. Default 30,000. */
  readonly maximumDelayMs?: number;
}

/**
 * The wait before attempt number `attempt` (0 for the first retry): half of it fixed, half of it random, doubled at each
 * attempt up to the maximum. The random half keeps a thousand readers from coming back in the same instant after a restart.
 * @param random in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number, options: BackoffOptions = {}): number {
  const { minimumDelayMs = 500, maximumDelayMs = 30_000 } = options;
  // 2^30 times half a second is beyond any maximum; without the bound the power would overflow after days of retries.
  const ceiling = Math.min(maximumDelayMs, minimumDelayMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (ceiling / 2) * random;
}
