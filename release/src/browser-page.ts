import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative } from "node:path";
import type { TestBrowser } from "@utxoracle/testkit";
import { build as buildByEsbuild } from "esbuild";
import { build as buildByVite } from "vite";
import { browserPackages, consumerName } from "./consumers.ts";
import type { EmptyProject } from "./empty-project.ts";
import type { PackageRegistry } from "./package-registry.ts";
import { repositoryRoot } from "./published-packages.ts";
import { tarballFiles } from "./tarball.ts";

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

/** Where a README's address leads on the test's server: the first part of the path is the host. */
const localAddress = (url: string): string => url.replace("https://", "./");

/**
 * Writes a package's files as CDNs serve them: as packed, by exact version and by major version.
 */
function writeCdnFiles(project: EmptyProject, name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const { version } = JSON.parse(String(files.get("package.json"))) as { version: string };
  for (const [file, content] of files)
    for (const folder of [
      `unpkg.com/${name}@${version}`,
      `cdn.jsdelivr.net/npm/${name}@${Number.parseInt(version, 10)}`,
    ])
      project.write(`cdn/${folder}/${file}`, content);
  return `./unpkg.com/${name}@${version}`;
}

/** Like esm.sh, which bundles a package with its dependencies. */
async function writeBundledModule(project: EmptyProject, name: string): Promise<void> {
  await buildByEsbuild({
    stdin: { contents: `export * from "${name}";`, resolveDir: project.folder },
    outfile: project.path(`cdn/esm.sh/${name}@0`),
    bundle: true,
    format: "esm",
    target: "es2022",
  });
}

function filesUnder(folder: string): Map<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path)]));
}

/**
 * The page of `consumers/` without a bundler: an import map leads to the packed files by exact
 * version, as on unpkg. It also imports what the READMEs import from a CDN, with the same addresses
 * on this server.
 *
 * @returns the folder
 */
export async function unbundledPage(project: EmptyProject, registry: PackageRegistry): Promise<string> {
  const imports: Record<string, string> = {};
  for (const name of browserPackages) {
    const packed = [...tarballFiles(registry.tarball(name))].map(
      ([path, content]) => [path.replace("package/", ""), content] as const,
    );
    const at = writeCdnFiles(project, name, new Map(packed));
    imports[name] = `${at}/dist/index.js`;
    imports[`${name}/`] = `${at}/dist/`;
    await writeBundledModule(project, name);
  }
  imports["@utxoracle/viz/client"] = `${imports["@utxoracle/viz/"]}client.js`;
  const typebox = "@sinclair/typebox";
  const at = writeCdnFiles(project, typebox, filesUnder(project.path(`node_modules/${typebox}`)));
  imports[typebox] = `${at}/build/esm/index.mjs`;
  imports[`${typebox}/value`] = `${at}/build/esm/value/index.mjs`;

  project.write("cdn/page.js", readFileSync(join(repositoryRoot, "release", "consumers", "page.js")));
  const promised = Object.entries(readmeImports()).map(
    ([name, url]) => `import { ${name} } from "${localAddress(url)}";`,
  );
  // The page reports only if each of these names is there.
  project.write("cdn/readmes.js", [...promised, 'import "./page.js";'].join("\n"));
  project.write(
    "cdn/index.html",
    html
      .replace("<link", `<script type="importmap">${JSON.stringify({ imports })}</script><link`)
      .replace("./page.js", "./readmes.js"),
  );
  return project.path("cdn");
}

/** What the READMEs of the packages for browsers import from a CDN: the address of each name. */
export function readmeImports(): Record<string, string> {
  const readmes = browserPackages.map((name) =>
    readFileSync(join(repositoryRoot, "packages", consumerName(name), "README.md"), "utf8"),
  );
  return Object.fromEntries(
    readmes.flatMap((readme) =>
      Array.from(readme.matchAll(/import \{ (\w+) \} from "(https:\/\/[^"]+)"/g), ([, name, url]) => [name, url]),
    ),
  );
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  "": "text/javascript", // esm.sh's addresses have no extension
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** Opens a built page. @returns its report, and the console's errors */
export async function showPage(folder: string, browser: TestBrowser): Promise<{ report: object; faults: string[] }> {
  const server = createServer((request, response) => {
    const name = decodeURI(new URL(request.url ?? "/", "http://page").pathname).replace(/\/$/, "/index.html");
    try {
      response.setHeader("content-type", contentTypes[extname(name)] ?? "application/octet-stream");
      response.end(readFileSync(join(folder, name)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await browser.open({ width: 800, height: 600 });
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitFor("document.documentElement.dataset.report");
    const report = JSON.parse(await page.evaluate<string>("document.documentElement.dataset.report")) as object;
    return { report, faults: [...page.faults] };
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}
