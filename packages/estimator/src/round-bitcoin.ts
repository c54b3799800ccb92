/**
 * Relative distance at which an amount still counts as a round one. Read off 16 days (`fit/round-bitcoin.ts`): up to 0.01 %
 * beside round amounts there are a quarter more amounts than elsewhere, 0.01 % below them two and a half times as many, and
 * further away no more than anywhere.
 */
const TOLERANCE = 1e-4;

/**
 * Whether a person or a program chose an amount in bitcoin and not in dollars: a multiple of 100 satoshis, or within 0.01 %
 * of an amount of two significant digits. Such amounts say nothing about the price, and whole series of them (11100, 22200,
 * 33300 … satoshis) look just like one. A payment in dollars is lost with them once in a hundred times.
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
