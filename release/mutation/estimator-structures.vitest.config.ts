import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests of the window's data structures only, which are fast. (With Stryker 10.1.1's own
// `testFiles` mutants of constants are never active.)
const tests = [
  "arrival-order.prop",
  "packed-txid",
  "remembered-txids.prop",
  "time-sort.prop",
  "txid-table",
  "txid-table.prop",
];

export default defineConfig({
  resolve: { conditions: ["@utxoracle/source"] },
  ssr: { resolve: { conditions: ["@utxoracle/source"] } },
  test: {
    include: tests.map((name) => `test/${name}.test.ts`),
    setupFiles: [fileURLToPath(new URL("first-failure.ts", import.meta.url))],
    testTimeout: 60_000,
  },
});
