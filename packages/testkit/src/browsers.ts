import { installedProgram } from "./requirements.ts";
import type { BrowserName, TestBrowser } from "./test-browser.ts";

/** Browser settings. */
interface BrowserSettings {
  /** Firefox' preferences by name, as `about:config` has them. */
  readonly firefoxPreferences?: Readonly<Record<string, boolean | number | string>>;
}

/** Starts a headless browser. */
export async function launchBrowser(
  name: BrowserName,
  { firefoxPreferences = {} }: BrowserSettings = {},
): Promise<TestBrowser> {
  const program = installedProgram(name);
  // Imported on demand, because most tests that use this package start no browser.
  if (name === "chromium") return (await import("./browsers-chromium.ts")).launchChromium(program);
  if (name === "firefox") return (await import("./browsers-firefox.ts")).launchFirefox(program, firefoxPreferences);
  return (await import("./browsers-webkit.ts")).launchWebKit(program);
}
