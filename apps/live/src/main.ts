#!/usr/bin/env node
import { helpText } from "./command-line/help.ts";
import { parseCommandLine } from "./command-line/parse.ts";
import { runCommand } from "./command-line/run-command.ts";
import { programVersion } from "./program-manifest.ts";
import { ExitCode, UserError } from "./user-error.ts";

async function main(): Promise<ExitCode> {
  const words = process.argv.slice(2);
  const line = parseCommandLine(words, process.env);
  if (line.wants === "help") {
    const named = line.command !== "service" || words[0] === "service";
    process.stdout.write(helpText(named ? line.command : undefined));
    return ExitCode.done;
  }
  if (line.wants === "version") {
    process.stdout.write(`${programVersion()}\n`);
    return ExitCode.done;
  }
  return runCommand(line, process.env);
}

// Whoever reads the output has seen enough, as `head` has: no defect, and nobody is left to be told.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(ExitCode.done);
  process.stderr.write(`utxoracle-live: the output cannot be written: ${error.message}\n`);
  process.exit(ExitCode.failed);
});

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UserError) {
    process.stderr.write(`utxoracle-live: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    // A defect of the program, not of its use: the trace is what the reader of a report needs.
    process.stderr.write(
      `utxoracle-live: unexpected failure, please report it: ${(error as Error)?.stack ?? String(error)}\n`,
    );
    process.exitCode = ExitCode.failed;
  }
}
