/**
 * Maximum relative distance from a round amount. From 16 days (`fit/round-bitcoin.ts`): within
 * 0.01 % of round amounts there are a quarter more amounts than elsewhere, 0.01 % below them two
 * and a half times as many, and further away no more than elsewhere.
 */
const TOLERANCE = 1e-4;

/**
 * Whether an amount was chosen in bitcoin instead of dollars: a multiple of 100 satoshis, or within
 * 0.01 % of an amount with two significant digits. Such amounts say nothing about the price, and
 * series of them (11100, 22200, 33300 … satoshis) look like one. One payment in a hundred that was
 * chosen in dollars is lost too.
 *
 * @param sats whole satoshis, above 0
 */
export function isRoundBitcoin(sats: number): boolean {
  if (sats % 100 === 0) return true;
  let step = 100;
  while (step * 100 <= sats) step *= 10;
  const nearest = Math.round(sats / step) * step;
  return Math.abs(sats - nearest) < TOLERANCE * nearest;
}
