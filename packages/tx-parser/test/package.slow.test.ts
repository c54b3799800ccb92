import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type BrowserName, inSoak, launchBrowser, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PackedProject, packageFolder } from "./packed-project.ts";
import { readmeExamples } from "./readme-examples.ts";
import { consoleExamples, examplePayment, linesIn, writeExamples } from "./readme-inputs.ts";
import { transactionBytes } from "./transaction-bytes.ts";

const binary = (name: string): string => join(packageFolder, "node_modules", ".bin", name);

let project: PackedProject;
beforeAll(() => {
  project = new PackedProject();
  writeExamples(project);
});
afterAll(() => project.remove());

describe("the packed tarball in an empty project", () => {
  it("installs no dependency and contains the expected files", () => {
    expect(readdirSync(join(project.folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "@utxoracle",
    ]);
    expect(readdirSync(join(project.folder, "node_modules", "@utxoracle"))).toEqual(["tx-parser"]);
    const names = readdirSync(project.installed);
    expect(names).toEqual(expect.arrayContaining(["LICENSE", "README.md", "dist", "package.json"]));
    const manifest = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8"));
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(JSON.stringify(manifest.exports)).not.toContain("src/");
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => name.includes("install"))).toEqual([]);
  });

  describe.each([20, 22, 24])("on Node %i", (major) => {
    let node: string;
    beforeAll(async () => {
      node = await project.nodeProgram(major);
    });

    it.each(consoleExamples)('README example "$title" prints the documented output', async ({ file, expected }) => {
      expect((await project.run(node, [file], linesIn)).trim().split("\n")).toEqual(expected);
    });

    it("hashes with WebAssembly SIMD", async () => {
      const code =
        'import { hashEngine } from "@utxoracle/tx-parser"; console.log(process.versions.node, hashEngine());';
      project.write("engine.js", code);
      expect(await project.run(node, ["engine.js"])).toMatch(new RegExp(`^${major}\\.\\d+\\.\\d+ wasm-simd\n$`));
    });
  });

  it.each(["node16", "bundler"])(
    "type-checks with moduleResolution %s, without Node's or DOM types",
    { timeout: 60_000 },
    async (resolution) => {
      project.write(
        `types-${resolution}/check.ts`,
        `import { parseBlock, parseTransaction, processMempoolTransaction, TxParseError, type Transaction, type ScriptType, type RejectionReason } from "@utxoracle/tx-parser";
const transaction: Transaction = parseTransaction(new Uint8Array(10));
export const value: number | undefined = transaction.outputs[0]?.valueSats;
export const kind: ScriptType | undefined = transaction.outputs[0]?.scriptType;
export const time: number = parseBlock(new Uint8Array(81)).header.time;
export const amounts: number[] | undefined = processMempoolTransaction({ rawBytes: new Uint8Array(), timestamp: 1, topic: "rawtx" }, new Set())?.amounts;
export const reason: RejectionReason = "op_return";
export const offset = (error: unknown): number => (error instanceof TxParseError ? error.offset : -1);
export const fromHex = (hex: string): Transaction => parseTransaction(hex);
// @ts-expect-error an array of numbers is not a Uint8Array
parseTransaction([0]);
`,
      );
      const module = resolution === "bundler" ? "esnext" : resolution;
      const options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022", "--types", ""];
      const resolutionOptions = ["--module", module, "--moduleResolution", resolution, "--exactOptionalPropertyTypes"];
      await project.run(binary("tsc"), [...options, ...resolutionOptions, `types-${resolution}/check.ts`]);
    },
  );
});

describe("in a browser, through a Vite build", () => {
  const transaction = transactionBytes(examplePayment);
  let server: Server;
  let address: string;

  beforeAll(async () => {
    const example = readmeExamples.find(({ isForBrowser }) => isForBrowser);
    project.write(
      "page/index.html",
      '<!doctype html><meta charset="utf-8"><title>test</title><body><script type="module" src="main.js"></script>',
    );
    project.write(
      "page/main.js",
      `${example?.code}
new Worker(new URL("./worker.js", import.meta.url), { type: "module" }).onmessage = ({ data }) => {
  document.documentElement.dataset.worker = data;
};
`,
    );
    project.write(
      "page/worker.js",
      `import { computeTxid, hashEngine } from "@utxoracle/tx-parser";
const response = await fetch(new URL("../transaction.bin", import.meta.url));
postMessage(computeTxid(new Uint8Array(await response.arrayBuffer())) + " " + hashEngine());
`,
    );
    project.write("page/public/transaction.bin", transaction);
    const { build } = await import("vite");
    await build({
      root: join(project.folder, "page"),
      base: "./",
      configFile: false,
      logLevel: "error",
      build: { target: "es2022", outDir: "../page-built", emptyOutDir: true },
      worker: { format: "es" },
    });
    const types: Record<string, string> = { html: "text/html", js: "text/javascript", bin: "application/octet-stream" };
    server = createServer((request, response) => {
      // Two folders serve the same files under different Content-Security-Policies.
      const [, policy, ...path] = (request.url ?? "").split("/");
      try {
        const name = path.join("/") || "index.html";
        const content = readFileSync(join(project.folder, "page-built", name));
        response.writeHead(200, {
          "Content-Type": types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
          "Content-Security-Policy": `default-src 'self'; script-src 'self'${policy === "wasm" ? " 'wasm-unsafe-eval'" : ""}`,
        });
        response.end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 60_000);
  afterAll(() => server?.close());

  describe.each<BrowserName>(["chromium", ...inSoak("firefox", "webkit")])("%s", (name) => {
    it("parses a transaction on the page and in a worker, with and without WebAssembly", {
      ...needs(name),
      timeout: 60_000,
    }, async () => {
      const { parseTransaction } = await import("../src/index.ts");
      const { txid } = parseTransaction(transaction);
      const browser = await launchBrowser(name);
      try {
        const page = await browser.open({ width: 400, height: 300 });
        for (const [policy, engine] of [
          ["wasm", "wasm-simd"],
          ["strict", "javascript"],
        ] as const) {
          await page.goto(`${address}/${policy}/`);
          await page.waitFor(
            "document.documentElement.dataset.worker && document.body.textContent.includes('outputs')",
          );
          expect(await page.evaluate("document.body.textContent")).toBe(`${txid} has 2 outputs (${engine})`);
          expect(await page.evaluate("document.documentElement.dataset.worker")).toBe(`${txid} ${engine}`);
        }
      } finally {
        await browser.close();
      }
    });
  });
});
