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
  /** Script that runs in the page before its own. Chromium only. */
  readonly scriptBefore?: string;
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
