/** An amount within this of a round amount of bitcoin counts as one: so far the days show more of them (`fit/round-bitcoin.ts`). */
const ROUND_TOLERANCE = 1e-4;

/**
 * Whether a person or a program chose the amount in bitcoin and not in dollars: a multiple of 100 satoshis, or within
 * 0.01 % of an amount of two significant digits. One real dollar payment in a hundred is lost with them; whole series
 * of such amounts (11100, 22200, 33300 … satoshis) look just like a price otherwise.
 */
export function isChosenInBitcoin(valueSats: number): boolean {
  if (valueSats % 100 === 0) return true;
  let unit = 100;
  while (unit * 100 <= valueSats) unit *= 10;
  const nearest = Math.round(valueSats / unit) * unit;
  return Math.abs(valueSats - nearest) < ROUND_TOLERANCE * nearest;
}
