/** Every code of {@link CaptureError}. */
export const captureErrorCodes = [
  "not_a_recording",
  "unsupported_version",
  "damaged",
  "invalid_line",
  "empty",
  "exists",
  "read_failed",
  "write_failed",
  "closed",
  "invalid_option",
] as const;

/**
 * Codes of {@link CaptureError}.
 * - `not_a_recording`: the file is neither a capture nor a list of transactions in hex.
 * - `unsupported_version`: a capture of a later format version.
 * - `damaged`: the middle of the file was changed, or a record has an invalid length, time or type;
 *   an incomplete end is no error, it is skipped.
 * - `invalid_line`: a line of a hex file is not a transaction in hex.
 * - `empty`: an empty file, or a hex file without transactions.
 * - `exists`: the file to write already exists.
 * - `read_failed`: the file cannot be read (no such file, no permission).
 * - `write_failed`: the file cannot be written (disk full, no permission).
 * - `closed`: `write` was called after `close`.
 * - `invalid_option`: an option has an invalid type or value.
 */
export type CaptureErrorCode = (typeof captureErrorCodes)[number];

/** A recording could not be read or written. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
  readonly code: CaptureErrorCode;
  /** Path of the file as passed by the caller; empty if the error concerns an option. */
  readonly path: string;
  /** Byte offset of the error in the file; null if not applicable. */
  readonly offset: number | null;
  /** Line of a hex file, from 1; null if not applicable. */
  readonly line: number | null;

  constructor(
    code: CaptureErrorCode,
    path: string,
    problem: string,
    options: { readonly offset?: number; readonly line?: number; readonly cause?: unknown } = {},
  ) {
    const place =
      options.line !== undefined
        ? `, line ${options.line}`
        : options.offset !== undefined
          ? `, byte ${options.offset}`
          : "";
    super(
      `${path}${place}${path === "" ? "" : ": "}${problem}`,
      "cause" in options ? { cause: options.cause } : undefined,
    );
    this.code = code;
    this.path = path;
    this.offset = options.offset ?? null;
    this.line = options.line ?? null;
  }
}

/** Wraps a file system error. The message names the cause (ENOENT, EACCES, ENOSPC). */
export function fileError(code: "read_failed" | "write_failed", path: string, cause: unknown): CaptureError {
  return new CaptureError(code, path, systemReason(cause), { cause });
}

function systemReason(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "no permission";
    case "EISDIR":
      return "is a folder, not a file";
    case "ENOSPC":
      return "the disk is full";
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
