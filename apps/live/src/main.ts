#!/usr/bin/env node
import { loadFailed } from "./life/failure-text.ts";
import { ProcessLife } from "./life/process-life.ts";
import { stderrLines } from "./logging/line-writer.ts";

const stderr = stderrLines();
const life = new ProcessLife(stderr);

// Loaded here, so that an error while loading is one line and signals are handled.
void life.run(async () => {
  const { program } = await import("./program.ts").catch(loadFailed);
  return await program({ life, stderr });
});
