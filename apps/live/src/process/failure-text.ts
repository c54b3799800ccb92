import { ExitCode, UserError } from "../config/user-error.ts";

/** An error that the user can fix, as one line and an exit code; null for any other, which is a defect of the program. */
export function userErrorOf(error: unknown): UserError | null {
  if (error instanceof UserError) return error;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && (cause.code === "EMFILE" || cause.code === "ENFILE"))
      return new UserError(
        `too few file descriptors (${cause.message}): raise the limit, with ulimit -n or LimitNOFILE=`,
        ExitCode.failed,
        { cause: error },
      );
  return null;
}

/** An unexpected error with its trace, in one line. */
export function defectText(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return `unexpected error, please report it: ${trace.replaceAll(/\s*\n\s*/g, " | ")}`;
}

/** @throws {UserError} when a file of the program is missing, which is also what a lack of file descriptors looks like. */
export function loadFailed(error: NodeJS.ErrnoException): never {
  if (error.code !== "MODULE_NOT_FOUND" && error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  const [problem] = error.message.split("\n");
  throw new UserError(
    `the program cannot be loaded (${problem}): raise the limit of file descriptors (ulimit -n), or install it again`,
    ExitCode.failed,
    { cause: error },
  );
}
