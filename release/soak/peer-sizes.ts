// Sizes of the browser packages next to their peers: `pnpm soak peer-sizes`. Bundles one import of
// each with esbuild, minified and gzipped. Installs the peers from npm into a temporary folder.
// Fails when a bundle cannot be made, never because of a size.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { repositoryRoot } from "../src/published-packages.ts";

/** What is imported, from a peer with its version, or from a package of this repository. */
const rows = [
  ["a transaction from bytes", "tx-parser/dist/index.js", "{ parseTransaction }"],
  ["a transaction from bytes", "bitcoinjs-lib@7.0.5", "{ Transaction }"],
  ["a transaction from bytes", "@scure/btc-signer@2.4.1", "{ Transaction }"],
  ["addresses", "tx-parser/dist/address.js", "{ addressToScript, scriptToAddress }"],
  ["addresses", "bitcoinjs-lib@7.0.5", "{ address }"],
  ["addresses", "@scure/btc-signer@2.4.1", "{ Address, OutScript }"],
  ["a chart of prices in time", "viz/dist/index.js", "{ HistoryChart }"],
  ["a chart of prices in time", "uplot@1.6.32", "uPlot"],
  ["a chart of prices in time", "lightweight-charts@5", "{ createChart, LineSeries }"],
  ["a stream that reconnects", "viz/dist/client.js", "{ StreamClient }"],
  ["a stream that reconnects", "reconnecting-websocket@4", "ReconnectingWebSocket"],
  ["a stream that reconnects", "socket.io-client@4", "{ io }"],
] as const;

const folder = mkdtempSync(join(tmpdir(), "peer-sizes-"));
try {
  const peers = new Set(rows.map(([, source]) => source).filter((source) => /.@/.test(source)));
  execFileSync("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", ...peers], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  console.log("| task | import | kB |\n|---|---|--:|");
  for (const [task, source, names] of rows) {
    const [, peer] = /^(.+)@[\d.]+$/.exec(source) ?? [];
    const from = peer ?? join(repositoryRoot, "packages", source);
    const { outputFiles } = await build({
      stdin: {
        contents: `export ${names.startsWith("{") ? names : `{ default }`} from ${JSON.stringify(from)};`,
        resolveDir: folder,
      },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      logLevel: "error",
    });
    const bytes = gzipSync(outputFiles[0]?.contents ?? new Uint8Array(0), { level: 9 }).length;
    console.log(
      `| ${task} | ${peer ?? `@utxoracle/${source.replace(/\/dist\/(index)?/, "/").replace(/\.js$|\/\.js$/, "")}`} ${names} | ${(bytes / 1000).toFixed(1)} |`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
