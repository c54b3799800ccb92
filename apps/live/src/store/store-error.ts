/**
 * Why saved data is not used: not a file or folder of the right kind, another program's, damaged,
 * or unusable.
 */
export type StoreErrorCode = "not_a_file" | "foreign" | "damaged" | "unusable";

/**
 * A file or folder that is not saved data of this program, or cannot be used. It is not changed.
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Error codes of a full, damaged or read-only disk, or of an exceeded limit. */
const DISK_CODES: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "EMFILE", "ENFILE"]);

/** Whether an error is caused by the disk or a limit, not by a bug. */
export function isDiskError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && DISK_CODES.has((error as NodeJS.ErrnoException).code ?? "");
}
