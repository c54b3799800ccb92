import { LARGEST_AMOUNT_BTC, SATS_PER_BTC, SMALLEST_AMOUNT_BTC } from "../amounts.ts";
import type { ProcessedTransaction } from "../contracts.ts";
import { describeValue, EstimatorError } from "../estimator-error.ts";
import type { PaymentAmounts } from "./transaction-window.ts";

/** A payment to add; a {@link ProcessedTransaction} fits. */
export interface WindowTransaction extends Partial<Omit<ProcessedTransaction, "amounts">> {
  readonly txid: string;
  /** Arrival, Unix seconds. */
  readonly timestamp: number;
  /** 0 to 2 amounts in BTC, above 0 and below 1e5. Amounts up to 1e-5 are unused. */
  readonly amounts: ArrayLike<number>;
  /** Output index of each amount, 0 or 1. Default: its index in `amounts`. */
  readonly vouts?: ArrayLike<number>;
}

const LONGEST_TXID = 256;
const MOST_AMOUNTS = 2;
const SMALLEST_SATS = 1_001;
const LARGEST_SATS = LARGEST_AMOUNT_BTC * SATS_PER_BTC - 1;
/** Unix seconds of the year 5138; a larger time must be in milliseconds. */
const LATEST_TIMESTAMP = 1e11;

/** @throws {EstimatorError} with the name of the field that breaks the contract */
export function checkTransaction(transaction: WindowTransaction): PaymentAmounts {
  if (typeof transaction !== "object" || transaction === null)
    throw new EstimatorError("invalid_transaction", `the transaction is ${describeValue(transaction)}: give an object`);
  checkTxid(transaction.txid);
  checkTimestamp(transaction.timestamp, "timestamp");
  const amounts: ArrayLike<number> | undefined = transaction.amounts;
  const count: unknown = typeof amounts === "object" ? amounts?.length : undefined;
  if (count !== 0 && count !== 1 && count !== MOST_AMOUNTS)
    throw new EstimatorError(
      "invalid_transaction",
      `amounts is ${describeValue(amounts)}: a payment has an array of 0 to ${MOST_AMOUNTS} amounts in BTC`,
    );
  const firstSats = count > 0 ? satsOf(amounts[0], "amounts[0]") : 0;
  const secondSats = count > 1 ? satsOf(amounts[1], "amounts[1]") : 0;
  const vouts = voutBits(transaction.vouts, count);
  // With a second amount there is always a first one.
  if (firstSats === 0) return { firstSats: secondSats, secondSats: 0, vouts: vouts >> 1 };
  return { firstSats, secondSats, vouts };
}

/** @throws {EstimatorError} `invalid_timestamp` unless it is Unix seconds */
export function checkTimestamp(timestamp: unknown, field: string): asserts timestamp is number {
  if (typeof timestamp === "number" && timestamp >= 0 && timestamp < LATEST_TIMESTAMP) return;
  throw new EstimatorError(
    "invalid_timestamp",
    `${field} is ${describeValue(timestamp)}: a time is a number of Unix seconds (not milliseconds), 0 or greater`,
  );
}

/** The amount in satoshis; 0 if it is too small to count. */
function satsOf(amount: unknown, field: string): number {
  if (typeof amount !== "number" || !(amount > 0 && amount < LARGEST_AMOUNT_BTC))
    throw new EstimatorError(
      "invalid_amount",
      `${field} is ${describeValue(amount)}: an amount of a payment is greater than 0 and less than 100000 BTC${typeof amount === "number" && amount >= LARGEST_AMOUNT_BTC ? "; satoshis must be divided by 100000000" : ""}`,
    );
  if (amount <= SMALLEST_AMOUNT_BTC) return 0;
  // Simulated amounts can have fractions of a satoshi; rounding must not move them out of the
  // range.
  return Math.min(Math.max(Math.round(amount * SATS_PER_BTC), SMALLEST_SATS), LARGEST_SATS);
}

function voutBits(vouts: ArrayLike<number> | undefined, count: number): number {
  if (vouts === undefined) return 0b10;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    const vout: unknown = vouts[i];
    if (vout !== 0 && vout !== 1)
      throw new EstimatorError(
        "invalid_transaction",
        `vouts[${i}] is ${describeValue(vout)}: a payment has the outputs 0 and 1`,
      );
    bits |= vout << i;
  }
  return bits;
}

/** @throws {EstimatorError} `invalid_txid` unless it is a string of 1 to 256 characters */
export function checkTxid(txid: unknown, field = "txid"): asserts txid is string {
  if (typeof txid === "string" && txid.length > 0 && txid.length <= LONGEST_TXID) return;
  throw new EstimatorError(
    "invalid_txid",
    `${field} is ${describeValue(txid)}: a transaction id is a string of 1 to ${LONGEST_TXID} characters`,
  );
}
