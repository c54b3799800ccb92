import { ExitCode } from "../../config/user-error.ts";
import { programVersion } from "../../program-manifest.ts";
import { helpText } from "./help.ts";
import { parseCommandLine } from "./parse.ts";
import { type CommandProcess, runCommand } from "./run-command.ts";

/**
 * Parses the command line and runs the command.
 * @returns the exit code.
 * @throws {UserError} for an error that the user can fix.
 */
export async function program(own: CommandProcess): Promise<ExitCode> {
  const words = process.argv.slice(2);
  const line = parseCommandLine(words, process.env);
  if (line.action === "help") {
    process.stdout.write(helpText(line.topic ?? undefined));
    return ExitCode.done;
  }
  if (line.action === "version") {
    process.stdout.write(`${programVersion()}\n`);
    return ExitCode.done;
  }
  return runCommand(line, process.env, own);
}
