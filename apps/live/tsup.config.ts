import { rmSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { defineConfig, type Options } from "tsup";

// Both builds write into the folder: neither may clean it while the other works.
rmSync("dist", { recursive: true, force: true });

// The workspace's own packages are bundled, so that the packed tarball works alone. So is TypeBox:
// reading its 250 files took a quarter of the start. Other libraries stay dependencies.
const bundled: Options = {
  target: "es2022",
  dts: false,
  clean: false,
  noExternal: [/^@utxoracle\//, /^@sinclair\/typebox/],
  // Optional dependencies, loaded only when needed.
  external: [/^@nats-io\//, "mqtt"],
  esbuildOptions(options) {
    options.conditions = ["import", "default"];
  },
};

export default defineConfig([
  {
    ...bundled,
    entry: {
      main: "src/main.ts",
      "day-worker": "src/commands/price/day-worker.ts",
      "estimate-worker": "src/confirmed/estimate-worker.ts",
    },
    format: "esm",
    platform: "node",
    sourcemap: true,
    // The page is part of the program.
    async onSuccess() {
      await rm("dist/web", { recursive: true, force: true });
      await cp("../web/dist", "dist/web", { recursive: true });
      await cp("node_modules/@sinclair/typebox/license", "dist/typebox-license.txt");
    },
  },
  {
    // The chart that `price --html` writes into its page.
    ...bundled,
    entry: { "price-page": "page/draw.ts" },
    format: "iife",
    platform: "browser",
    minify: true,
    tsconfig: "page/tsconfig.json",
  },
]);
