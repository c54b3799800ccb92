import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { type EmptyProject, PackageRegistry, repositoryRoot } from "@utxoracle/release";
import { type BrowserName, inSoak, launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { commandsUnder, exampleProject, lineOf } from "./example-project.ts";

// The pages of examples/README.md, built with Vite and opened in real browsers.
let registry: PackageRegistry;
const browsers = new Map<BrowserName, Promise<TestBrowser>>();
beforeAll(async () => {
  registry = await PackageRegistry.start();
});
afterAll(async () => {
  for (const browser of browsers.values()) await (await browser).close();
  await registry?.close();
});

/** The browser of all tests. */
function browserOf(name: BrowserName): Promise<TestBrowser> {
  const browser = browsers.get(name) ?? launchBrowser(name);
  browsers.set(name, browser);
  return browser;
}

/** Copies, installs and builds an example as in the README. */
async function builtPage(example: string, heading: string): Promise<{ address: string; remove: () => void }> {
  const [install = "", build = ""] = commandsUnder(heading);
  // The workspace's Vite is used instead of downloading it.
  const project: EmptyProject = await exampleProject(registry, example, `${install} --omit=dev`);
  expect([install, build]).toEqual(["npm install", "npm run build"]);
  expect(JSON.parse(readFileSync(project.path("package.json"), "utf8")).scripts).toEqual({
    start: "vite",
    build: "vite build",
  });
  const vite = join(createRequire(import.meta.url).resolve("vite/package.json"), "..", "bin", "vite.js");
  await project.succeed("node", [vite, "build"]);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    try {
      const content = readFileSync(resolve(project.path("dist"), `.${path === "/" ? "/index.html" : path}`));
      const type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "text/html";
      response.setHeader("content-type", type).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const remove = (): void => {
    server.closeAllConnections();
    server.close();
    project.remove();
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, remove };
}

describe("a custom page with the chart", needs("chromium"), () => {
  it("shows the price of a running service and its source", async () => {
    const { address, remove } = await builtPage("chart-page", "A custom page with the chart");
    onTestFinished(remove);
    const { spawn } = await import("node:child_process");
    const program = join(repositoryRoot, "apps/live/dist/main.js");
    const words = ["demo", "--window", "600", "--port", "0", "--log-format", "json"];
    const service = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(async () => {
      const closed = once(service, "close");
      service.kill("SIGTERM");
      await closed;
    });
    const listening = JSON.parse(await lineOf(service.stderr, /"url":"http/)) as { url: string };
    service.stderr.resume();
    const page = await (await browserOf("chromium")).open({ width: 800, height: 600 });
    onTestFinished(() => page.close());
    await page.goto(`${address}?server=${listening.url.replace("http", "ws")}/ws/mempool`);
    await page.waitFor(`/^\\$[\\d,]+$/.test(document.getElementById("price").textContent)`, 60_000);
    const state = await page.evaluate<string>(`document.getElementById("state").textContent`);
    expect(state).toContain("Simulation: synthetic traffic");
    expect(page.faults).toEqual([]);
    const asked = (await page.requests()).map((url) => new URL(url).hostname);
    expect(new Set(asked)).toEqual(new Set(["127.0.0.1"]));
  });
});

describe("a page that decodes transactions", () => {
  const coinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d6573" +
    "2030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e" +
    "6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4" +
    "f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";

  let built: Awaited<ReturnType<typeof builtPage>>;
  beforeAll(async () => {
    built = await builtPage("decoder-page", "A page that decodes transactions");
  });
  afterAll(() => built?.remove());

  describe.each<BrowserName>(["chromium", ...inSoak("firefox")])("in %s", (name) => {
    it("decodes in a worker", needs(name), async () => {
      const page = await (await browserOf(name)).open({ width: 800, height: 600 });
      onTestFinished(() => page.close());
      await page.goto(built.address);
      const paste = (text: string): string =>
        `{ const hex = document.getElementById("hex"); hex.value = ${JSON.stringify(text)}; hex.dispatchEvent(new Event("input")); }`;
      await page.evaluate(`(() => ${paste(coinbase)})()`);
      await page.waitFor(`document.querySelectorAll("td").length > 0`);
      expect(await page.evaluate(`document.getElementById("summary").textContent`)).toBe(
        "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b: 1 inputs, 204 vB, read by wasm-simd",
      );
      expect(await page.evaluate(`document.querySelector("tr").innerText.trim()`)).toBe("50.00000000 BTC\tp2pk");
      await page.evaluate(`(() => ${paste(coinbase.slice(0, 100))})()`);
      await page.waitFor(`document.getElementById("summary").textContent.startsWith("Not a transaction: ")`);
      await page.evaluate(`(() => ${paste("no hex")})()`);
      await page.waitFor(`document.getElementById("summary").textContent.startsWith("Not hex: ")`);
      expect(page.faults).toEqual([]);
    });
  });
});
