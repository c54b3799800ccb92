import { existsSync } from "node:fs";
import type { BrowserName, TestBrowser } from "./test-browser.ts";

const WEBKIT_FOLDERS = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((machine) =>
  ["4.1", "4.0", "6.0"].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
);

const PROGRAMS: Readonly<Record<BrowserName, readonly string[]>> = {
  chromium: ["/usr/bin/chromium"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
  webkit: ["WebKitWebDriver", "Xvfb", "dbus-run-session"].every((name) => existsSync(`/usr/bin/${name}`))
    ? WEBKIT_FOLDERS
    : [],
};

/** Path of the browser's program, null when it is not installed. */
export function browserProgram(name: BrowserName): string | null {
  return PROGRAMS[name].find((path) => existsSync(path)) ?? null;
}

/** Whether the browser is installed; says so when it is not. Tests use `describe.skipIf(!hasBrowser("chromium"))`. */
export function hasBrowser(name: BrowserName): boolean {
  const found = browserProgram(name) !== null;
  if (!found)
    console.warn(
      `${name} not found: its tests are skipped (apt-get install chromium firefox-esr webkit2gtk-driver xvfb dbus)`,
    );
  return found;
}

/** Starts a browser without a window. */
export async function launchBrowser(name: BrowserName): Promise<TestBrowser> {
  const program = browserProgram(name);
  if (program === null) throw new Error(`${name} is not installed`);
  // Loaded when needed: most tests that use this package start no browser.
  if (name === "chromium") return (await import("./browsers-chromium.ts")).launchChromium(program);
  if (name === "firefox") return (await import("./browsers-firefox.ts")).launchFirefox(program);
  return (await import("./browsers-webkit.ts")).launchWebKit(program);
}
