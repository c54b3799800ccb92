import { defineProject } from "vitest/config";

export default defineProject({
  resolve: { conditions: ["@utxoracle/source"] },
  ssr: { resolve: { conditions: ["@utxoracle/source"] } },
  test: { name: "web", include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
