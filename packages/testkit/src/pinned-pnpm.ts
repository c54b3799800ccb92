import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const manifest = join(dirname(fileURLToPath(import.meta.url)), "../../../package.json");

/**
 * Program and first arguments of the repository's pinned pnpm: that on the PATH if it is this
 * version, since npx takes seconds of CPU to find it.
 */
export function pinnedPnpm(): readonly [program: string, ...words: string[]] {
  const pin = (JSON.parse(readFileSync(manifest, "utf8")) as { packageManager: string }).packageManager;
  // Outside of the repository: there, each pnpm would start the pinned one.
  const { stdout } = spawnSync("pnpm", ["--version"], { cwd: tmpdir(), encoding: "utf8" });
  return `pnpm@${stdout?.trim()}` === pin ? ["pnpm"] : ["npx", "-y", pin];
}
