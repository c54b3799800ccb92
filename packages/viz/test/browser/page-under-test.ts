import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type BrowserName, type BrowserPage, launchBrowser, type PageView, type TestBrowser } from "@utxoracle/testkit";
import { build, type Rolldown } from "vite";

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>viz</title><style>body{margin:0}canvas{display:block}</style><body></body>' +
  '<script type="module" src="entry.js"></script>';

/** A browser with pages that contain only the package (`viz`) and its internals (`inner`). */
export class BrowserUnderTest {
  readonly #browser: TestBrowser;
  readonly #server: Server;

  private constructor(browser: TestBrowser, server: Server) {
    this.#browser = browser;
    this.#server = server;
  }

  static async start(name: BrowserName): Promise<BrowserUnderTest> {
    const entry = fileURLToPath(new URL("./entry.ts", import.meta.url));
    const [result] = (await build({
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        minify: false,
        sourcemap: "inline",
        target: "es2022",
        lib: { entry, formats: ["es"], fileName: "entry" },
      },
    })) as Rolldown.RolldownOutput[];
    const script = (result as Rolldown.RolldownOutput).output[0].code;
    const server = createServer((request, response) => {
      const isScript = request.url === "/entry.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      if (request.url === "/favicon.ico") response.writeHead(204).end();
      else response.end(isScript ? script : PAGE);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new BrowserUnderTest(await launchBrowser(name), server);
  }

  async open(view: PageView = { width: 1000, height: 660 }): Promise<BrowserPage> {
    const page = await this.#browser.open(view);
    await page.goto(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`);
    await page.waitFor("typeof inner === 'object'");
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
