// All cases and draws of the tests that otherwise run a part of them (`inSoak`, `fewOrAll`):
// `pnpm soak rare-cases`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFiles } from "@utxoracle/testkit";
import { repositoryRoot } from "../src/published-packages.ts";

const files = repositoryFiles().filter(
  (name) => name.endsWith(".test.ts") && /\b(inSoak|fewOrAll)\(/.test(readFileSync(join(repositoryRoot, name), "utf8")),
);
const vitest = join(repositoryRoot, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", ...files], {
  cwd: repositoryRoot,
  env: { ...process.env, UTXORACLE_SOAK: "true" },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
