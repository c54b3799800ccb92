import { SATS_PER_BTC, usableAmounts } from "../amounts.ts";
import type { PriceEstimate } from "../contracts.ts";
import { type Reader, reader, readPrice } from "./price-reading.ts";
import { publishReading } from "./publish-reading.ts";
import { WEIGHTS } from "./weights.ts";

let fitted: Reader | undefined;

/**
 * The average US dollar price of bitcoin over a set of output amounts of payments, from nothing but the amounts: no
 * times, no earlier price, anywhere from $1,000 to $10,000,000.
 *
 * People send round dollar amounts, which pile up at the same pattern of places on a logarithmic axis of amounts. The
 * price at which the pattern fits best is found over the whole range, checked against its aliases (2, 10, 1/2 … times
 * it), and refined by undoing the shape of the piles. How, and how it was fitted: docs/model.md of this package.
 *
 * @param amountsBtc output amounts in BTC in any order: each above 0 and at most 21,000,000; those not strictly between
 *   1e-5 and 1e5 are left out, so are amounts that are round in bitcoin
 * @returns price and windowPrice are the same number, or null with status `no_estimate`. `interval` holds the
 *   time-weighted average price in 90 % of cases, `confidence` is the probability (0 to 1) that the price is within 3 %
 *   of it, `status` is `ok` only where no alias explains the amounts as well
 * @throws {EstimatorError} code `invalid_amount`, naming the index, for anything that is no amount
 * @example estimatePosterior([0.0013698, 0.00068493, …]).price
 */
export function estimatePosterior(amountsBtc: ArrayLike<number>): PriceEstimate {
  const sats = usableAmounts(amountsBtc);
  for (let i = 0; i < sats.length; i++) sats[i] = Math.round(sats[i]! * SATS_PER_BTC);
  fitted ??= reader(WEIGHTS);
  return publishReading(readPrice(sats, fitted), WEIGHTS.interval);
}
