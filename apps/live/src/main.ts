#!/usr/bin/env node
import { loadFailed } from "./life/failure-text.ts";
import { ProcessLife } from "./life/process-life.ts";
import { stderrLines } from "./logging/line-writer.ts";

const stderr = stderrLines();
const life = new ProcessLife(stderr);

// Loaded here: what goes wrong meanwhile is told in one line, and signals are heard.
void life.run(async () => {
  const { program } = await import("./program.ts").catch(loadFailed);
  return await program({ life, stderr });
});
