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
 * - `not_a_recording`: the file is neither a capture nor a list of transactions in hex;
 * - `unsupported_version`: a capture of a later version of the format;
 * - `damaged`: bytes in the middle are not what was written (a torn end is no damage: it is cut off), or a record makes
 *   no sense: its length, its time, its kind;
 * - `invalid_line`: a line of a hex file is not a transaction in hex;
 * - `empty`: a file without any byte, or a hex file without any transaction;
 * - `exists`: the file to write is there already;
 * - `read_failed`, `write_failed`: the system refused (no such file, no right, disk full);
 * - `closed`: written to after it was closed;
 * - `invalid_option`: an option has a wrong type or value.
 */
export type CaptureErrorCode = (typeof captureErrorCodes)[number];

/** A recording could not be read or written. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
  readonly code: CaptureErrorCode;
  /** The file, as it was named by the caller; empty when the error is about an option. */
  readonly path: string;
  /** Byte in the file where it went wrong; null when it is not about a place. */
  readonly offset: number | null;
  /** Line of a hex file, from 1; null elsewhere. */
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

/** Wraps an error of the file system, whose message names the cause (ENOENT, EACCES, ENOSPC). */
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
