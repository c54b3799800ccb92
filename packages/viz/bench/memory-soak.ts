// The memory test with an hour of traffic: `pnpm soak viz-memory`.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "test/browser/memory.slow.test.ts"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  env: { ...process.env, UTXORACLE_SOAK: "1" },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
