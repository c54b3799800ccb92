import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { vi } from "vitest";

/** What a benchmark printed, and its exit code. */
export interface BenchmarkEnd {
  status: number | null;
  stdout: string;
  stderr: string;
}

const root = resolve(import.meta.dirname, "../../..");

/** Runs a benchmark in its own process, as its script of package.json does. */
export function spawnBenchmark(name: string, args: readonly string[]): BenchmarkEnd {
  const command = ["--conditions=@utxoracle/source", "--import", "tsx", `packages/estimator/bench/${name}.ts`];
  return spawnSync(process.execPath, [...command, ...args], { cwd: root, encoding: "utf8" });
}

/** Runs a benchmark in this process: a process of its own takes a second of CPU to start. */
export async function runBenchmark(name: string, args: readonly string[]): Promise<BenchmarkEnd> {
  let stdout = "";
  let stderr = "";
  const log = vi.spyOn(console, "log").mockImplementation((line) => {
    stdout += `${line}\n`;
  });
  const error = vi.spyOn(console, "error").mockImplementation((line) => {
    stderr += `${line}\n`;
  });
  const { argv, exitCode } = process;
  process.argv = [process.execPath, name, ...args];
  process.exitCode = undefined;
  try {
    vi.resetModules();
    await import(resolve(root, `packages/estimator/bench/${name}.ts`));
    return { status: Number(process.exitCode ?? 0), stdout, stderr };
  } finally {
    process.argv = argv;
    process.exitCode = exitCode;
    log.mockRestore();
    error.mockRestore();
  }
}
