import { writeFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

// tsc emits the declarations (tsconfig.build.json): tsup's `dts` needs an older TypeScript.
const options: Options = {
  entry: ["src/index.ts"],
  target: "es2022",
  platform: "neutral",
  dts: false,
};

// CommonJS goes to its own folder, whose package.json marks code and declarations as CommonJS.
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
