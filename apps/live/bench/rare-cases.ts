// All cases and draws of the tests that otherwise run a part of them; see `inSoak`.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const tests = join(root, "apps", "live", "test");
const files = readdirSync(tests, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => join(tests, name))
  .filter((path) => readFileSync(path, "utf8").includes("inSoak("));
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "--project", "live", ...files], {
  cwd: root,
  env: { ...process.env, UTXORACLE_SOAK: "true" },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
