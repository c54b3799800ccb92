import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { programFields, withSourceLink } from "./source-link.ts";

/** Writes a .br and a .gz file beside each text file, so that the server need not compress. */
function precompress(): Plugin {
  let directory = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved: (config) => {
      directory = resolve(config.root, config.build.outDir);
    },
    closeBundle: () => {
      for (const file of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
        if (!/\.(html|js|css|svg)$/.test(file)) continue;
        const bytes = readFileSync(join(directory, file));
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
        writeFileSync(join(directory, `${file}.br`), brotliCompressSync(bytes, brotli));
        writeFileSync(join(directory, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

const sourceLink: Plugin = {
  name: "source-link",
  transformIndexHtml: (html) => withSourceLink(html, programFields()),
};

export default defineConfig({
  // Relative addresses, so that the page works under any path.
  base: "./",
  resolve: { conditions: ["@utxoracle/source", "module", "browser", "import", "default"] },
  build: {
    target: "es2022",
    // No inline scripts and no data: URLs, because of the policy default-src 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  plugins: [sourceLink, precompress()],
});
