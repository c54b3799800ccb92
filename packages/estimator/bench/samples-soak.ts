// The tests on samples and simulated markets with every draw, day and seed:
// `pnpm soak estimator-samples`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--project", "estimator", "posterior", "shocks", "forged-payments", "estimate-contract"],
  {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    env: { ...process.env, UTXORACLE_SOAK: "true" },
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
