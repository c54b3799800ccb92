import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The tests of what the window is built on, which load nothing else and so take a fraction of the time.
// (Stryker's own `testFiles` leaves mutants of constants asleep in 10.1.1.)
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
