/**
 * Why bytes could not be parsed.
 *
 * - `unexpected_end`: the bytes end inside a field of fixed size.
 * - `length_exceeds_input`: a count or length is larger than the remaining bytes allow.
 * - `non_minimal_length`: a count or length has a longer encoding than needed; the network rejects
 *   it.
 * - `value_out_of_range`: an output value is negative or above 2^53 - 1 satoshis.
 * - `unknown_flag`: the flag after the SegWit marker is not 1, the only one that BIP 144 defines.
 * - `superfluous_witness`: SegWit format, but no input has a witness.
 * - `trailing_bytes`: bytes follow the transaction or block.
 */
export type TxParseErrorCode =
  | "unexpected_end"
  | "length_exceeds_input"
  | "non_minimal_length"
  | "value_out_of_range"
  | "unknown_flag"
  | "superfluous_witness"
  | "trailing_bytes";

/**
 * Thrown for bytes that are not a transaction or block. No content of the bytes throws anything
 * else.
 */
export class TxParseError extends Error {
  override readonly name = "TxParseError";
  /** Machine-readable reason. */
  declare readonly code: TxParseErrorCode;
  /** Start of the invalid field, in bytes from the start of the array that was passed in. */
  declare readonly offset: number;
  /** Description of the error; the message adds offset and code. */
  declare readonly problem: string;

  constructor(code: TxParseErrorCode, offset: number, problem: string) {
    super(`${problem}, at byte ${offset} (${code})`);
    this.code = code;
    this.offset = offset;
    this.problem = problem;
  }
}
