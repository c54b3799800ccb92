/**
 * `pnpm soak confirmed-kills`: runs the tests that kill the service and `price --csv` at random,
 * with many kills. Argument: number of kills of each.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { remedyFor } from "@utxoracle/testkit";

const [kills = "50"] = process.argv.slice(2);
for (const name of ["bitcoind", "corpus"] as const) {
  const remedy = remedyFor(name);
  if (remedy === null) continue;
  console.error(`${name} missing: ${remedy}`);
  process.exit(1);
}
const { status } = spawnSync(
  "npx",
  [
    "vitest",
    "run",
    "--project",
    "live",
    "price-days",
    "confirmed-service",
    "confirmed-history",
    "-t",
    "at (any|random) moments?",
  ],
  {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    env: { ...process.env, UTXORACLE_SOAK_KILLS: kills },
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
