import { readFileSync } from "node:fs";
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
