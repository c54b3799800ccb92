import { nearestName } from "./nearest-name.ts";

/** Every code of {@link EstimatorError}. */
export const ESTIMATOR_ERROR_CODES = [
  "invalid_amount",
  "invalid_timestamp",
  "invalid_txid",
  "invalid_transaction",
  "invalid_option",
  "invalid_saved_state",
] as const;

/**
 * Codes of {@link EstimatorError}.
 * - `invalid_amount`: not a number, not above 0, or too large (100,000 BTC or more in a payment,
 *   more than 21,000,000 in a list or batch). Also a list, or the first 50 amounts of a window,
 *   that looks like satoshis (whole numbers) or mBTC (five decimals). Amounts up to 0.00001 BTC are
 *   ignored.
 * - `invalid_timestamp`: not a number of Unix seconds, or milliseconds.
 * - `invalid_txid`: not a string of 1 to 256 characters.
 * - `invalid_transaction`: not an object, more than two amounts, or outputs other than 0 and 1.
 * - `invalid_option`: a value that is not allowed, or an unknown name; the message suggests the
 *   closest name.
 * - `invalid_saved_state`: saved bytes are damaged, truncated or of an unknown version.
 */
export type EstimatorErrorCode = (typeof ESTIMATOR_ERROR_CODES)[number];

/**
 * Rejected input. The message names the field, shows the value and says what is allowed. Nothing
 * has changed.
 */
export class EstimatorError extends RangeError {
  override readonly name = "EstimatorError";
  readonly code: EstimatorErrorCode;

  constructor(code: EstimatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Checks that options are an object with only known names.
 *
 * @throws {EstimatorError} `invalid_option`, with the name that was probably meant
 */
export function checkOptionsObject(options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    throw new EstimatorError("invalid_option", `options is ${describeValue(options)}: it must be an object`);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = nearestName(name, known);
    throw new EstimatorError(
      "invalid_option",
      `unknown option ${describeValue(name)}: ${meant === null ? `the options are ${known.join(", ")}` : `did you mean ${meant}?`}`,
    );
  }
}

/** A value for an error message: short, and it never throws. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || value === null || value === undefined || typeof value === "boolean")
    return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
