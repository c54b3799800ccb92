/** Why a file of kept prices is not used. */
export type StoreErrorCode = "not_a_file" | "foreign" | "unusable";

/** A file that is not a store of this program, or cannot be one. It is left as it is. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
