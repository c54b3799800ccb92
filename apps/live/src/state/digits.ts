import type { PricePoint } from "@utxoracle/models";

/** Rounds a number to decimal digits; null stays null. Rounding twice changes nothing. */
export function toDigits<T extends number | null>(value: T, digits: number): T {
  const scale = 10 ** digits;
  return (value === null ? null : Math.round(value * scale) / scale) as T;
}

/** A price in US dollars, to the cent. */
export const toCents = <T extends number | null>(price: T): T => toDigits(price, 2);

/** A time in seconds, to the millisecond. */
export const toMilliseconds = <T extends number | null>(seconds: T): T => toDigits(seconds, 3);

/** A point with the digits of the stream. */
export function toPoint(point: PricePoint): PricePoint {
  return { ...point, timestamp: toMilliseconds(point.timestamp), price: toCents(point.price) };
}
