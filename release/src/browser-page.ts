import { cpSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type BrowserName, launchBrowser } from "@utxoracle/testkit";
import { build as buildByEsbuild } from "esbuild";
import { build as buildByVite } from "vite";
import type { EmptyProject } from "./empty-project.ts";
import { repositoryRoot } from "./published-packages.ts";

export type Bundler = "esbuild" | "vite";

/** Expected report of `consumers/page.js`. */
export const pageReport = {
  txidLength: 64,
  statusWithoutAmounts: "no_estimate",
  contractError: true,
  tickApplied: true,
  picture: "image/png",
  client: "function",
  price: "$87,300",
};

const html = `<!doctype html><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
<canvas id="chart" style="width: 600px; height: 300px"></canvas><script type="module" src="./page.js"></script>`;

/** Bundles the page with the project's installed packages. @returns the output folder */
export async function bundlePage(project: EmptyProject, bundler: Bundler): Promise<string> {
  const script = readFileSync(join(repositoryRoot, "release", "consumers", "page.js"));
  project.write("page/page.js", script);
  project.write("page/index.html", html);
  const target = project.path(`page-by-${bundler}`);
  if (bundler === "vite")
    await buildByVite({
      root: project.path("page"),
      base: "./",
      configFile: false,
      logLevel: "warn",
      build: { outDir: target, emptyOutDir: true, target: "es2022" },
    });
  else {
    await buildByEsbuild({
      entryPoints: [project.path("page/page.js")],
      outdir: target,
      bundle: true,
      format: "esm",
      minify: true,
      target: "es2022",
      absWorkingDir: project.folder,
    });
    project.write(`page-by-${bundler}/index.html`, html);
  }
  return target;
}

/**
 * Copies the project's installed packages, to be served file by file as npm's CDNs do, with a page that
 * imports them without a bundler as `<script type="module">`. Only packages
 * without dependencies: a CDN bundles the others itself.
 *
 * @returns the folder
 */
export function unbundledPage(project: EmptyProject): string {
  for (const name of ["estimator", "tx-parser", "viz"])
    cpSync(project.path(`node_modules/@utxoracle/${name}`), project.path(`cdn/npm/@utxoracle/${name}`), {
      recursive: true,
      dereference: true,
    });
  project.write(
    "cdn/index.html",
    `<!doctype html><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
<script type="module">
import { estimatePosterior } from "./npm/@utxoracle/estimator/dist/index.js";
import { computeTxid } from "./npm/@utxoracle/tx-parser/dist/index.js";
import { formatUsd } from "./npm/@utxoracle/viz/dist/index.js";
import { StreamClient } from "./npm/@utxoracle/viz/dist/client.js";
const transaction = "01000000" + "01" + "00".repeat(32) + "ffffffff" + "00" + "ffffffff" + "01" + "00".repeat(8) + "00" + "00".repeat(4);
document.documentElement.dataset.report = JSON.stringify({
  txidLength: computeTxid(transaction).length,
  statusWithoutAmounts: estimatePosterior([]).status,
  client: typeof StreamClient,
  price: formatUsd(87300),
});
</script>`,
  );
  return project.path("cdn");
}

/** Expected report of {@link unbundledPage}. */
export const unbundledReport = {
  txidLength: 64,
  statusWithoutAmounts: "no_estimate",
  client: "function",
  price: "$87,300",
};

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** Opens a built page in a real browser. @returns its report, and the console's errors */
export async function showPage(
  folder: string,
  browserName: BrowserName,
): Promise<{ report: object; faults: string[] }> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://page").pathname.replace(/\/$/, "/index.html");
    try {
      response.setHeader("content-type", contentTypes[extname(name)] ?? "application/octet-stream");
      response.end(readFileSync(join(folder, name)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await launchBrowser(browserName);
  try {
    const page = await browser.open({ width: 800, height: 600 });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitFor("document.documentElement.dataset.report");
    const report = JSON.parse(await page.evaluate<string>("document.documentElement.dataset.report")) as object;
    return { report, faults: [...page.faults] };
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
