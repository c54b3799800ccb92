/** What the system says when a disk is full, damaged or read-only, or a limit is reached. */
const CODES: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "EMFILE", "ENFILE"]);

/** Whether an error is the disk's, or a limit's, and none of this program. */
export function isDiskError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && CODES.has((error as NodeJS.ErrnoException).code ?? "");
}
