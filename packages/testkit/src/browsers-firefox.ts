import puppeteer, { type KeyInput } from "puppeteer-core";
import { waitUntil } from "./browsers-wait.ts";
import type { TestBrowser } from "./test-browser.ts";

/** Starts headless Firefox, controlled by WebDriver BiDi. Headless Firefox has no WebGL2. */
export async function launchFirefox(
  executablePath: string,
  preferences: Readonly<Record<string, boolean | number | string>>,
): Promise<TestBrowser> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    defaultViewport: null,
    extraPrefsFirefox: preferences,
  });
  return {
    name: "firefox",
    async open({ width, height, deviceScaleFactor = 1 }) {
      const page = await browser.newPage();
      await page.setViewport({ width, height, deviceScaleFactor }).catch((error: unknown) => {
        // Sends two commands, size and orientation; versions before 144 do not support the second.
        if (!String(error).includes("unknown command emulation.setScreenOrientationOverride")) throw error;
      });
      const faults: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warn") faults.push(message.text());
      });
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("request", (request) => requests.push(request.url()));
      const evaluate = async <T>(expression: string): Promise<T> => (await page.evaluate(expression)) as T;
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
        press: (key) => page.keyboard.press(key as KeyInput),
        spokenTree: () => Promise.resolve([]),
        screenshot: () => page.screenshot(),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}
