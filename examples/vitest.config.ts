import { defineProject } from "vitest/config";

export default defineProject({
  resolve: { conditions: ["@utxoracle/source"] },
  ssr: { resolve: { conditions: ["@utxoracle/source"] } },
  test: { name: "examples", include: ["test/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 180_000 },
});
