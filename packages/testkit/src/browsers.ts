import { existsSync } from "node:fs";

/** The three engines, from Debian's packages `chromium`, `firefox-esr` and `webkit2gtk-driver` with `xvfb` and `dbus`. */
export type BrowserName = "chromium" | "firefox" | "webkit";

/** How a page is shown. */
export interface PageView {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel, default 1. WebKit shows 1 always. */
  readonly deviceScaleFactor?: number;
  /** Whether the reader asked for less motion. Chromium only. */
  readonly reducedMotion?: boolean;
  /** Whether the screen can be touched; {@link BrowserPage.tap} needs it. */
  readonly touch?: boolean;
}

/** A page in a real browser, the same for all three. */
export interface BrowserPage {
  /** Errors of the console and of scripts, as text. */
  readonly faults: readonly string[];
  /** Addresses asked for by the page. */
  requests(): Promise<readonly string[]>;
  goto(address: string): Promise<void>;
  /** The value of a JavaScript expression in the page; may be a promise. It must be JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until the expression is truthy; throws after `timeoutMs` (default 20,000). */
  waitFor(expression: string, timeoutMs?: number): Promise<void>;
  movePointer(xCss: number, yCss: number): Promise<void>;
  /** Touches the page with a finger and lifts it again. */
  tap(xCss: number, yCss: number): Promise<void>;
  /** Presses and releases a key, named as in `KeyboardEvent.key`. */
  press(key: string): Promise<void>;
  /** PNG of what is seen. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A running browser. */
export interface TestBrowser {
  readonly name: BrowserName;
  open(view: PageView): Promise<BrowserPage>;
  close(): Promise<void>;
}

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
