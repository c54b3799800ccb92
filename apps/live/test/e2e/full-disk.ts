import { execFileSync, spawnSync } from "node:child_process";
import { cleanEnvironment, programPath, type ServiceProcess } from "./service-process.ts";

/**
 * Lets no file that the process writes grow beyond a size, as a full disk does: what fits of a write is written, then
 * the kernel refuses (setrlimit(2), RLIMIT_FSIZE; EFBIG in the place of ENOSPC).
 * @param bytes null: no limit any more.
 */
export function limitFiles({ child }: ServiceProcess, bytes: number | null): void {
  execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes ?? "unlimited"}:unlimited`]);
}

/** Runs the program to its end while no file can grow beyond a size. */
export function runWithLimitedFiles(
  words: readonly string[],
  bytes: number,
  env: NodeJS.ProcessEnv = {},
): { status: number | null; stderr: string } {
  const args = [`--fsize=${bytes}:unlimited`, process.execPath, programPath, ...words];
  return spawnSync("prlimit", args, { env: cleanEnvironment(env), encoding: "utf8", timeout: 60_000 });
}
