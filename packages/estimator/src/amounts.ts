import { checkAmountUnit } from "./amount-unit.ts";
import { describeValue, EstimatorError } from "./estimator-error.ts";

export const SATS_PER_BTC = 100_000_000;

/** Amounts must lie strictly between these, as the payment filter demands. */
export const SMALLEST_AMOUNT_BTC = 1e-5;
export const LARGEST_AMOUNT_BTC = 1e5;

/** The maximum supply of bitcoin. */
const ALL_BITCOINS_BTC = 21_000_000;

/**
 * {@link amountsInRange}, of a list that is long enough to tell its unit.
 *
 * @throws {EstimatorError} `invalid_amount`, with the index, or with the unit that the amounts seem
 *   to have
 */
export function usableAmounts(amountsBtc: ArrayLike<number>): Float64Array {
  const used = amountsInRange(amountsBtc, "amountsBtc");
  checkAmountUnit(amountsBtc, "amountsBtc");
  return used;
}

/**
 * {@link amountsInRange}, of the outputs of one transaction. All of them may be whole bitcoins, so
 * only their sum tells their unit.
 *
 * @throws {EstimatorError} `invalid_amount`, with the index, or if they exceed the supply
 */
export function usableOutputs(outputsBtc: ArrayLike<number>, name: string): Float64Array {
  const used = amountsInRange(outputsBtc, name);
  let sum = 0;
  for (let i = 0; i < outputsBtc.length; i++) sum += outputsBtc[i]!;
  if (sum <= ALL_BITCOINS_BTC) return used;
  throw new EstimatorError(
    "invalid_amount",
    `${name} adds up to ${Math.floor(sum)} BTC, more than exist: satoshis must be divided by 100000000`,
  );
}

/**
 * Validates a list of output amounts and keeps those that the algorithm uses.
 *
 * @param amountsBtc amounts in BTC: finite, greater than 0, at most 21,000,000
 * @param name of the list in errors
 * @returns the amounts strictly between 1e-5 and 1e5 BTC, in order
 * @throws {EstimatorError} `invalid_amount`, with the index
 */
export function amountsInRange(amountsBtc: ArrayLike<number>, name: string): Float64Array {
  const length = checkedLength(amountsBtc, name);
  const used = new Float64Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    const amount = amountsBtc[i] as number;
    if (!(amount > 0 && amount <= ALL_BITCOINS_BTC) || typeof amount !== "number") {
      throw new EstimatorError(
        "invalid_amount",
        `${name}[${i}] is ${describeValue(amount)}: an amount in BTC is a number greater than 0 and at most 21000000${amount > ALL_BITCOINS_BTC ? "; satoshis must be divided by 100000000" : ""}`,
      );
    }
    if (amount > SMALLEST_AMOUNT_BTC && amount < LARGEST_AMOUNT_BTC) used[count++] = amount;
  }
  return used.subarray(0, count);
}

function checkedLength(amountsBtc: ArrayLike<number>, name: string): number {
  const length: unknown = (amountsBtc as ArrayLike<number> | null | undefined)?.length;
  if (typeof amountsBtc === "string" || typeof length !== "number" || !Number.isSafeInteger(length) || length < 0) {
    throw new EstimatorError(
      "invalid_amount",
      `${name} is ${describeValue(amountsBtc)}: give an array or typed array of amounts in BTC`,
    );
  }
  return length;
}
