import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type BrowserPage, launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { mempoolUpdate, point, T } from "../sample-messages.ts";

describe("the README's chart", needs("chromium"), () => {
  let browser: TestBrowser;
  let server: Server;
  let page: BrowserPage;

  beforeAll(async () => {
    const { output } = (await build({
      configFile: false,
      logLevel: "silent",
      resolve: { conditions: ["@utxoracle/source"] },
      build: {
        write: false,
        minify: false,
        lib: {
          entry: fileURLToPath(new URL("../../examples/chart-page.ts", import.meta.url)),
          formats: ["es"],
          fileName: "example",
        },
      },
    }).then((result) => (Array.isArray(result) ? result[0] : result))) as Rolldown.RolldownOutput;
    server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      if (request.url === "/example.js")
        // The test's server instead of the example's.
        response
          .setHeader("content-type", "text/javascript")
          .end(output[0].code.replaceAll("127.0.0.1:8000", `127.0.0.1:${port}`));
      else
        response.setHeader("content-type", "text/html").end(
          `<!doctype html><canvas id="chart" tabindex="0" style="width: 100%; height: 480px"></canvas><p id="state"></p>
           <script type="module" src="example.js"></script>`,
        );
    });
    const sockets = new WebSocketServer({ server, path: "/ws/mempool" });
    sockets.on("connection", (socket) => {
      socket.send(
        JSON.stringify(
          mempoolUpdate({ snapshot: true, transactions: [point(1, T - 5, 113_500), point(2, T - 1, 113_700)] }),
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await launchBrowser("chromium");
    page = await browser.open({ width: 900, height: 600 });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it("connects, shows its state, and draws the price", async () => {
    await page.waitFor(`document.getElementById("state").textContent.includes("From your own node · Live")`);
    await page.evaluate(`document.getElementById("chart").focus()`);
    await page.press("End");
    await page.waitFor(`document.querySelector("[role=tooltip]")?.textContent.includes("${point(2, T, 1).txid}")`);
    expect(page.faults.filter((fault) => !fault.includes("favicon"))).toEqual([]);
  });
});
