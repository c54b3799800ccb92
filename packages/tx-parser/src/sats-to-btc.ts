import { shown } from "./input.ts";

/**
 * An amount in BTC with eight decimals, exact for every amount.
 *
 * @param sats satoshis, a whole number; negative for a difference
 * @throws RangeError when it is not a whole number, or a number above 2^53 - 1
 * @example satsToBtc(1_234_567) // "0.01234567"
 */
export function satsToBtc(sats: number | bigint): string {
  if (typeof sats !== "bigint" && !Number.isSafeInteger(sats))
    throw new RangeError(`sats must be a whole number up to 2^53 - 1, got ${shown(sats)}`);
  const digits = String(sats).replace("-", "").padStart(9, "0");
  return `${sats < 0 ? "-" : ""}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}
