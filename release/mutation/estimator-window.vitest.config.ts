import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { QuickFirst } from "./quick-first.ts";

// The tests that are about the window. (Stryker's own `testFiles` leaves mutants of constants asleep in 10.1.1.)
const tests = [
  "forged-window",
  "mempool-analyzer",
  "mempool-look.prop",
  "price-points",
  "saved-window",
  "transaction-check",
  "transaction-window.prop",
  "window.prop",
];

export default defineConfig({
  resolve: { conditions: ["@utxoracle/source"] },
  ssr: { resolve: { conditions: ["@utxoracle/source"] } },
  test: {
    include: tests.map((name) => `test/${name}.test.ts`),
    setupFiles: [fileURLToPath(new URL("first-failure.ts", import.meta.url))],
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
  },
});
