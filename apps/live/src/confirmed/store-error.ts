/** Why a file of saved prices is not used. */
export type StoreErrorCode = "not_a_file" | "foreign" | "unusable";

/** A file that is not a price file of this program, or cannot be one. It is not changed. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
