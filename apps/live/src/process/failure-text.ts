import { ExitCode, UserError } from "../config/user-error.ts";

/**
 * Also converts a lack of file descriptors, wherever it happened, to an error that the user can
 * fix.
 * @returns null for an unexpected error.
 */
export function asUserError(error: unknown): UserError | null {
  if (error instanceof UserError) return error;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && (cause.code === "EMFILE" || cause.code === "ENFILE"))
      return new UserError(
        `too few file descriptors (${cause.message}); raise ulimit -n or LimitNOFILE=`,
        ExitCode.failed,
        { cause: error },
      );
  return null;
}

/** One line with the stack trace of an unexpected error. */
export function unexpectedErrorText(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return `unexpected error (please report it): ${trace.replaceAll(/\s*\n\s*/g, " | ")}`;
}

/**
 * Handles a failed import of the program.
 * @throws {UserError} if a file is missing. A lack of file descriptors causes the same error code.
 */
export function loadFailed(error: NodeJS.ErrnoException): never {
  if (error.code !== "MODULE_NOT_FOUND" && error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  const [problem] = error.message.split("\n");
  throw new UserError(
    `cannot load the program (${problem}); raise the file descriptor limit (ulimit -n), or reinstall`,
    ExitCode.failed,
    { cause: error },
  );
}
