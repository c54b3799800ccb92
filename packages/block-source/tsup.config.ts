import { defineConfig } from "tsup";

// Declarations come from tsc (tsconfig.build.json): tsup's own need an older TypeScript.
export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  target: "es2022",
  platform: "node",
  dts: false,
  clean: true,
  sourcemap: true,
});
