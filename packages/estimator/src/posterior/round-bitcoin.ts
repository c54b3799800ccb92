/**
 * Relative distance at which an amount still counts as a round one. Read off 16 days (`fit/round-bitcoin.ts`): up to 0.01 %
 * beside round amounts there are a quarter more amounts than elsewhere, 0.01 % below them two and a half times as many, and
 * further away no more than anywhere.
 */
const TOLERANCE = 1e-4;

/**
 * Whether an amount was chosen in bitcoin: two significant digits (one below 10,000 satoshis), or a multiple of 100
 * satoshis (series such as 11100, 22200, 33300 …). Such amounts say nothing about the price. A payment in dollars is lost
 * with them once in a hundred times.
 *
 * @param sats whole satoshis, above 0
 */
export function isRoundBitcoin(sats: number): boolean {
  if (sats % 100 === 0) return true;
  const step = roundStepSats(sats);
  const nearest = Math.round(sats / step) * step;
  return Math.abs(sats - nearest) <= TOLERANCE * nearest;
}

function roundStepSats(sats: number): number {
  if (sats < 1e5) return 1e3;
  if (sats < 1e6) return 1e4;
  if (sats < 1e7) return 1e5;
  if (sats < 1e8) return 1e6;
  return 1e7;
}
