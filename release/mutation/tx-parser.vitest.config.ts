import { defineConfig } from "vitest/config";

// Tests of the payment filter only. (With Stryker 10.1.1's own `testFiles` mutants of constants are
// never active.)
const tests = ["payment-filter", "block-amounts", "known-transactions"];

export default defineConfig({
  resolve: { conditions: ["@utxoracle/source"] },
  ssr: { resolve: { conditions: ["@utxoracle/source"] } },
  test: { include: tests.map((name) => `test/${name}.test.ts`), testTimeout: 60_000 },
});
