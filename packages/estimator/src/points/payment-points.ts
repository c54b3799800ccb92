import { SATS_PER_BTC } from "../amounts.ts";
import type { PricePoint } from "../contracts.ts";
import { describeValue, EstimatorError } from "../estimator-error.ts";
import { checkTransaction, type WindowTransaction } from "../window/transaction-check.ts";
import { nearestRoundDollarPrice } from "./nearest-round-dollar.ts";

/**
 * The outputs of payments as prices, for a chart of a set of payments, e.g. of a block.
 *
 * @param payments in the order of the returned points
 * @param aroundUsd price to search around, US dollars per bitcoin
 * @returns one point per output near a round dollar amount
 * @throws {EstimatorError} `invalid_option` if the price is not positive and finite; for payments
 *   as `addTransaction`
 */
export function pricePointsOf(payments: Iterable<WindowTransaction>, aroundUsd: number): PricePoint[] {
  checkPrice(aroundUsd, "aroundUsd");
  if (typeof payments !== "object" || payments === null || !(Symbol.iterator in payments))
    throw new EstimatorError(
      "invalid_transaction",
      `payments is ${describeValue(payments)}: give an array or another iterable of payments`,
    );
  const points: PricePoint[] = [];
  for (const payment of payments) {
    const { firstSats, secondSats, vouts } = checkTransaction(payment);
    const { txid, timestamp } = payment;
    const read = (valueSats: number, vout: number): void => {
      const price = valueSats > 0 ? nearestRoundDollarPrice(valueSats, aroundUsd) : null;
      if (price !== null) points.push({ timestamp, price, txid, vout, amount: valueSats / SATS_PER_BTC });
    };
    read(firstSats, vouts & 1);
    read(secondSats, vouts >> 1);
  }
  return points;
}

export function checkPrice(price: unknown, field: string): asserts price is number {
  if (typeof price === "number" && price > 0 && Number.isFinite(price)) return;
  throw new EstimatorError("invalid_option", `${field} is ${describeValue(price)}: a price in US dollars is positive`);
}
