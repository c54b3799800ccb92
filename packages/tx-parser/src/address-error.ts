/**
 * Why a text is not an address of the network.
 *
 * - `unknown_format`: neither base58check nor bech32, or of no Bitcoin network.
 * - `invalid_character`: a character outside the alphabet, or upper and lower case mixed in bech32.
 * - `invalid_checksum`: mistyped, or bech32 and bech32m confused.
 * - `invalid_program`: the checksum is right, but no script has this version and length.
 * - `wrong_network`: an address of another network.
 */
export type AddressErrorCode =
  | "unknown_format"
  | "invalid_character"
  | "invalid_checksum"
  | "invalid_program"
  | "wrong_network";

/** Thrown for text that is not an address of the network. */
export class AddressError extends Error {
  override readonly name = "AddressError";
  /** Machine-readable reason. */
  declare readonly code: AddressErrorCode;

  constructor(code: AddressErrorCode, problem: string) {
    super(`${problem} (${code})`);
    this.code = code;
  }
}
