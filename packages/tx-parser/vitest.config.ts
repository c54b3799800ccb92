import { defineProject } from "vitest/config";

export default defineProject({
  resolve: { conditions: ["@utxoracle/source"] },
  ssr: { resolve: { conditions: ["@utxoracle/source"] } },
  test: {
    name: "tx-parser",
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Nothing but computing: every core has a file, and no test of processes and sockets runs meanwhile.
    maxWorkers: "100%",
    sequence: { groupOrder: 1 },
  },
});
