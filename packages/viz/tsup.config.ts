import { defineConfig } from "tsup";

// Declarations come from tsc (tsconfig.build.json): tsup's own need an older TypeScript.
export default defineConfig({
  entry: ["src/index.ts", "src/client.ts"],
  format: "esm",
  target: "es2022",
  platform: "neutral",
  dts: false,
  clean: true,
  sourcemap: true,
});
