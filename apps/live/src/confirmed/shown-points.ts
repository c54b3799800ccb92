import { type PricePoint, pricePointsOf } from "@utxoracle/estimator";

/** Relative distance from the price up to which points are sent. The plot shows about ±5 %. */
const SHOWN_AROUND_PRICE = 0.08;

/** The points of payments near a price. */
export function shownPoints(payments: Parameters<typeof pricePointsOf>[0], price: number): PricePoint[] {
  return pricePointsOf(payments, price).filter((point) => Math.abs(point.price / price - 1) <= SHOWN_AROUND_PRICE);
}

/** At most `most` items, evenly spaced: a crowded window loses density, not its start. */
export function thinnedOut<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);
}
