import { installedProgram } from "./requirements.ts";
import type { BrowserName, TestBrowser } from "./test-browser.ts";

/** Starts a browser without a window. */
export async function launchBrowser(name: BrowserName): Promise<TestBrowser> {
  const program = installedProgram(name);
  // Loaded when needed: most tests that use this package start no browser.
  if (name === "chromium") return (await import("./browsers-chromium.ts")).launchChromium(program);
  if (name === "firefox") return (await import("./browsers-firefox.ts")).launchFirefox(program);
  return (await import("./browsers-webkit.ts")).launchWebKit(program);
}
