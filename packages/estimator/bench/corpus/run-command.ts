import { UsageError } from "./usage-error.ts";

/** Runs a benchmark; a {@link UsageError} becomes one line on stderr and exit code 2. */
export function runCommand(name: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${name}: ${error.message}`);
    process.exitCode = 2;
  }
}
