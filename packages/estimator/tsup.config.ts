import { writeFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

// Declarations come from tsc (tsconfig.build.json): tsup's own need an older TypeScript.
const options: Options = {
  entry: ["src/index.ts"],
  target: "es2022",
  platform: "neutral",
  dts: false,
};

// CommonJS has a folder of its own, whose package.json makes its files, declarations too, CommonJS.
export default defineConfig([
  { ...options, format: "esm", clean: ["!cjs/**"], sourcemap: true },
  {
    ...options,
    format: "cjs",
    outDir: "dist/cjs",
    clean: true,
    outExtension: () => ({ js: ".js" }),
    onSuccess: async () => writeFileSync("dist/cjs/package.json", '{ "type": "commonjs" }\n'),
  },
]);
