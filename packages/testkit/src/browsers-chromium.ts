import { chromium, type Page } from "playwright-core";
import { followCoverage } from "./browsers-coverage.ts";
import { waitUntil } from "./browsers-wait.ts";
import type { BrowserPage, TestBrowser } from "./test-browser.ts";

/** No sandbox, because tests run as root in containers; no background network traffic. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Resolves names ending in .test to this machine, so that the browser treats them like pages on
  // the local network.
  "--host-resolver-rules=MAP *.test 127.0.0.1",
  // For memory tests: `gc()` and exact heap sizes.
  "--js-flags=--expose-gc",
  "--enable-precise-memory-info",
];

/** Starts headless Chromium, which has WebGL2 in software. */
export async function launchChromium(executablePath: string): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  const open = new Set<BrowserPage>();
  return {
    name: "chromium",
    async open({ width, height, deviceScaleFactor = 1, reducedMotion = false, touch = false, scriptBefore }) {
      const page = await browser.newPage({
        viewport: { width, height },
        deviceScaleFactor,
        hasTouch: touch,
        reducedMotion: reducedMotion ? "reduce" : "no-preference",
      });
      if (scriptBefore !== undefined) await page.addInitScript(scriptBefore);
      const noteCoverage = await followCoverage(page);
      const wrapped: BrowserPage = {
        ...wrap(page),
        close: async () => {
          open.delete(wrapped);
          await noteCoverage();
          await page.close();
        },
      };
      open.add(wrapped);
      return wrapped;
    },
    close: async () => {
      for (const page of [...open]) await page.close();
      await browser.close();
    },
  };
}

function wrap(page: Page): Omit<BrowserPage, "close"> {
  const faults: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url()));
  const evaluate = <T>(expression: string): Promise<T> => page.evaluate(expression);
  return {
    faults,
    requests: async () => requests,
    goto: async (address) => {
      await page.goto(address);
    },
    evaluate,
    waitFor: (expression, timeoutMs) => waitUntil(expression, () => evaluate(expression), timeoutMs),
    movePointer: (x, y) => page.mouse.move(x, y),
    tap: (x, y) => page.touchscreen.tap(x, y),
    press: (key) => page.keyboard.press(key),
    screenshot: () => page.screenshot(),
  };
}
