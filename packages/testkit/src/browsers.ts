import { installedProgram } from "./requirements.ts";
import type { BrowserName, TestBrowser } from "./test-browser.ts";

/** How a browser is set. */
export interface BrowserSettings {
  /** Firefox' preferences by name, as `about:config` has them. */
  readonly firefoxPreferences?: Readonly<Record<string, boolean | number | string>>;
}

/** Starts a browser without a window. */
export async function launchBrowser(
  name: BrowserName,
  { firefoxPreferences = {} }: BrowserSettings = {},
): Promise<TestBrowser> {
  const program = installedProgram(name);
  // Loaded when needed: most tests that use this package start no browser.
  if (name === "chromium") return (await import("./browsers-chromium.ts")).launchChromium(program);
  if (name === "firefox") return (await import("./browsers-firefox.ts")).launchFirefox(program, firefoxPreferences);
  return (await import("./browsers-webkit.ts")).launchWebKit(program);
}
