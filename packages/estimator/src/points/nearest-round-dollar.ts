import { SATS_PER_BTC } from "../amounts.ts";

/** Round dollar amounts that many payments have, ascending. */
const ROUND_USD: readonly number[] = [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000];

/**
 * Half-way between neighbors on the log axis: below `BOUNDARIES_USD[i]` the nearest is
 * `ROUND_USD[i]`.
 */
const BOUNDARIES_USD = ROUND_USD.slice(1).map((usd, i) => Math.sqrt(usd * (ROUND_USD[i] as number)));

/** Maximum relative distance of an output's value from its round dollar amount. */
const REACH = 0.25;

/**
 * An amount this close to a round amount of bitcoin was chosen in bitcoin and says nothing about
 * dollars.
 */
const ROUND_BTC_TOLERANCE = 0.0001;
const SMALLEST_ROUND_SATS = 5_000;

/**
 * The price that an output implies: the nearest round dollar amount divided by the output's amount.
 *
 * @param assumedPriceUsd price that gives the output's value, US dollars per bitcoin
 * @returns US dollars per bitcoin; null if no round amount is within ±25 % or the amount is round
 *   in bitcoin
 */
export function nearestRoundDollarPrice(valueSats: number, assumedPriceUsd: number): number | null {
  const worthUsd = (valueSats / SATS_PER_BTC) * assumedPriceUsd;
  let nearest = 0;
  while (nearest < BOUNDARIES_USD.length && worthUsd >= (BOUNDARIES_USD[nearest] as number)) nearest++;
  const usd = ROUND_USD[nearest] as number;
  if (Math.abs(worthUsd - usd) >= REACH * usd || isRoundBtc(valueSats)) return null;
  return usd / (valueSats / SATS_PER_BTC);
}

/**
 * Whether an amount is within 0.01 % of one with at most two significant digits, from 0.00005 BTC
 * up.
 */
function isRoundBtc(valueSats: number): boolean {
  if (valueSats < SMALLEST_ROUND_SATS * (1 - ROUND_BTC_TOLERANCE)) return false;
  const step = Math.max(1_000, 10 ** (Math.floor(Math.log10(valueSats * (1 + ROUND_BTC_TOLERANCE))) - 1));
  const round = Math.round(valueSats / step) * step;
  return Math.abs(valueSats - round) < ROUND_BTC_TOLERANCE * round;
}
