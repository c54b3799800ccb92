import { execFileSync, spawnSync } from "node:child_process";
import { cleanEnvironment, programPath, type ServiceProcess } from "./service-process.ts";

/**
 * Limits the size of files that the process writes, to simulate a full disk: a write is cut at the
 * limit, and the next one fails with EFBIG instead of ENOSPC (setrlimit(2), RLIMIT_FSIZE).
 * @param bytes null removes the limit.
 */
export function limitFiles({ child }: ServiceProcess, bytes: number | null): void {
  execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes ?? "unlimited"}:unlimited`]);
}

/** Runs the program with a limited file size until it exits. */
export function runWithLimitedFiles(
  words: readonly string[],
  bytes: number,
  env: NodeJS.ProcessEnv = {},
): { status: number | null; stderr: string } {
  const args = [`--fsize=${bytes}:unlimited`, process.execPath, programPath, ...words];
  return spawnSync("prlimit", args, { env: cleanEnvironment(env), encoding: "utf8", timeout: 60_000 });
}
