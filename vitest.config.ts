import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { projects: ["{packages,apps}/*/vitest.config.ts", "{deploy,docs,examples,release}/vitest.config.ts"] },
});
