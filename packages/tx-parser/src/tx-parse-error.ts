/**
 * Why bytes could not be read.
 *
 * - `unexpected_end`: the bytes end inside a field of fixed size.
 * - `length_exceeds_input`: a count or length prefix promises more than the bytes that are left can hold.
 * - `non_minimal_length`: a count or length prefix is longer than it needs to be; the network refuses those.
 * - `value_out_of_range`: an output's value is above 2^53 - 1 satoshis (far above all bitcoin) or negative.
 * - `unknown_flag`: the flag after the SegWit marker asks for a format that does not exist (BIP 144 knows only 1).
 * - `superfluous_witness`: the SegWit format is used although no input has a witness.
 * - `trailing_bytes`: bytes are left over after the transaction or block.
 */
export type TxParseErrorCode =
  | "unexpected_end"
  | "length_exceeds_input"
  | "non_minimal_length"
  | "value_out_of_range"
  | "unknown_flag"
  | "superfluous_witness"
  | "trailing_bytes";

/** Thrown when bytes are not a transaction or a block. Nothing else is ever thrown for any content of the bytes. */
export class TxParseError extends Error {
  override readonly name = "TxParseError";
  /** Machine-readable reason. */
  declare readonly code: TxParseErrorCode;
  /** Where the field at fault begins, in bytes from the start of the array that was passed in. */
  declare readonly offset: number;
  /** What is wrong, in words; the message adds offset and code. */
  declare readonly problem: string;

  constructor(code: TxParseErrorCode, offset: number, problem: string) {
    super(`${problem}, at byte ${offset} (${code})`);
    this.code = code;
    this.offset = offset;
    this.problem = problem;
  }
}
