import { defineConfig } from "vitest/config";

// The tests that are about the payment filter. (Stryker's own `testFiles` leaves mutants of constants asleep in 10.1.1.)
const tests = ["payment-filter", "block-amounts", "known-transactions"];

export default defineConfig({
  resolve: { conditions: ["@utxoracle/source"] },
  ssr: { resolve: { conditions: ["@utxoracle/source"] } },
  test: { include: tests.map((name) => `test/${name}.test.ts`), testTimeout: 60_000 },
});
