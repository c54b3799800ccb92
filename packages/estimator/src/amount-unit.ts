import { EstimatorError } from "./estimator-error.ts";

/** Below this many amounts, a set cannot be distinguished from one in mBTC. */
const MIN_AMOUNTS_FOR_MBTC = 50;
/**
 * Share of the amounts that must look wrong, so that a few odd or forged payments cause no error.
 */
const WRONG_SHARE = 0.95;
/**
 * A few whole numbers count as satoshis only from this size on: smaller outputs are not relayed.
 */
const MIN_AMOUNTS_FOR_SMALL_SATS = 10;
const MIN_FEW_SATS = 546;
/**
 * The median of real payments is below 0.05 BTC at every price above $2,000, and above 1 in mBTC.
 */
const MIN_MBTC_MEDIAN = 0.05;
/** Real payments in BTC always include some below 0.01 BTC. */
const MIN_MBTC_AMOUNT = 0.01;
const MIN_DISTINCT_AMOUNTS = 20;

/**
 * Rejects a list of amounts in satoshis or mBTC instead of BTC. Satoshis are whole numbers, mBTC
 * have at most five decimals; payments in BTC are neither. Amounts with fractions of a satoshi
 * (simulated ones) are judged by size.
 *
 * @throws {EstimatorError} `invalid_amount`, with the divisor that gives BTC
 */
export function checkAmountUnit(amountsBtc: ArrayLike<number>, field: string): void {
  const { length } = amountsBtc;
  if (length === 0) return;
  const minSats = length < MIN_AMOUNTS_FOR_SMALL_SATS ? MIN_FEW_SATS : 2;
  let whole = 0;
  for (let i = 0; i < length; i++) if (amountsBtc[i]! >= minSats && Number.isInteger(amountsBtc[i])) whole++;
  if (whole >= WRONG_SHARE * length)
    throw new EstimatorError(
      "invalid_amount",
      `${field} holds whole numbers such as ${firstAbove(amountsBtc, 1)}, which look like satoshis: give BTC, satoshis / 100000000`,
    );
  if (length >= MIN_AMOUNTS_FOR_MBTC && looksLikeMbtc(amountsBtc))
    throw new EstimatorError(
      "invalid_amount",
      `${field} holds amounts such as ${firstAbove(amountsBtc, MIN_MBTC_MEDIAN)}, which look like mBTC: give BTC, mBTC / 1000`,
    );
}

function looksLikeMbtc(amounts: ArrayLike<number>): boolean {
  const { length } = amounts;
  let fiveDecimals = 0;
  let noSatoshis = 0;
  for (let i = 0; i < length; i++) {
    const sats = amounts[i]! * 1e8;
    const rounded = Math.round(sats);
    // Products such as 0.07 * 1000 have rounding errors.
    if (Math.abs(sats - rounded) > 1e-3) noSatoshis++;
    else if (rounded % 1000 === 0) fiveDecimals++;
  }
  const isReal = fiveDecimals >= WRONG_SHARE * length;
  const isSimulated = noSatoshis >= WRONG_SHARE * length;
  if (!isReal && !isSimulated) return false;
  const sorted = Float64Array.from(amounts).sort();
  if (sorted[length >> 1]! < MIN_MBTC_MEDIAN || new Set(sorted).size < MIN_DISTINCT_AMOUNTS) return false;
  return isReal || sorted[Math.floor(length / 100)]! >= MIN_MBTC_AMOUNT;
}

function firstAbove(amounts: ArrayLike<number>, limit: number): number {
  for (let i = 0; i < amounts.length; i++) if (amounts[i]! > limit) return amounts[i]!;
  return amounts[0]!;
}

/** Checks the unit of the first payments added to a window, one or two amounts at a time. */
export class FirstAmountsCheck {
  #amounts: number[] | null = [];

  /**
   * @throws {EstimatorError} `invalid_amount` once enough of the first amounts look like another
   *   unit
   */
  add(amounts: ArrayLike<number>): void {
    if (this.#amounts === null) return;
    const all = [...this.#amounts, ...Array.from(amounts)];
    if (all.length >= MIN_AMOUNTS_FOR_MBTC) {
      checkAmountUnit(all, "amounts");
      this.#amounts = null;
    } else this.#amounts = all;
  }
}
