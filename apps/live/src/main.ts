#!/usr/bin/env node
import { stderrLines } from "./logging/line-writer.ts";
import { loadFailed } from "./process/failure-text.ts";
import { ProcessLife } from "./process/process-life.ts";

// No umask takes the owner's access to what is written: the next start has to read it.
const OTHERS = 0o077;
process.umask(process.umask(OTHERS) & OTHERS);

const stderr = stderrLines();
const life = new ProcessLife(stderr);

// Loaded here, so that an error while loading is one line and signals are handled.
void life.run(async () => {
  const { program } = await import("./commands/cli/program.ts").catch(loadFailed);
  return await program({ life, stderr });
});
