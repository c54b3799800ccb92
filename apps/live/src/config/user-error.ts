/** Exit codes of the program: done or stopped, failed, wrong usage or settings, node not reachable. */
export const ExitCode = { done: 0, failed: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Something the user can mend: printed as one line, without a stack trace, and ends the program with its exit code. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = ExitCode.usage, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
