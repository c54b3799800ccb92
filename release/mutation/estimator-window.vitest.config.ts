import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { QuickFirst } from "./quick-first.ts";

// Tests of the window only. (With Stryker 10.1.1's own `testFiles` mutants of constants are never
// active.)
const tests = [
  "forged-window",
  "mempool-analyzer",
  "mempool-poll.prop",
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
