import { nearestName } from "./nearest-name.ts";

/** Codes of {@link EstimatorError}; the README explains each. */
export const ESTIMATOR_ERROR_CODES = [
  "invalid_amount",
  "invalid_timestamp",
  "invalid_txid",
  "invalid_transaction",
  "invalid_option",
  "invalid_saved_state",
] as const;

/** One of {@link ESTIMATOR_ERROR_CODES}. */
export type EstimatorErrorCode = (typeof ESTIMATOR_ERROR_CODES)[number];

/** Input that was refused. The message names the field, shows the value and says what is allowed; nothing has changed. */
export class EstimatorError extends RangeError {
  override readonly name = "EstimatorError";
  readonly code: EstimatorErrorCode;

  constructor(code: EstimatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Checks that options are an object with known names only.
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

/** A value as it reads best in an error message: short, and never throwing itself. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || value === null || value === undefined || typeof value === "boolean")
    return String(value);
  if (typeof value === "bigint") return `${value}n`;
  return Array.isArray(value) ? `an array of ${value.length}` : `a ${typeof value}`;
}
