/**
 * Browser engines, from the Debian packages `chromium`, `firefox-esr` and `webkit2gtk-driver` with
 * `xvfb` and `dbus`.
 */
export type BrowserName = "chromium" | "firefox" | "webkit";

/** Options of a page. */
export interface PageView {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel; default 1. Always 1 in WebKit. */
  readonly deviceScaleFactor?: number;
  /** Whether to emulate `prefers-reduced-motion`. Chromium only. */
  readonly reducedMotion?: boolean;
  /** Script that runs before the page's own scripts. Chromium only. */
  readonly scriptBefore?: string;
  /** Whether to emulate a touch screen, which {@link BrowserPage.tap} needs. */
  readonly touch?: boolean;
}

/** A node of the accessibility tree. */
export interface SpokenNode {
  readonly role: string;
  readonly name: string;
}

/** A page in a real browser; same interface for all engines. */
export interface BrowserPage {
  /** Errors and warnings of console and scripts. */
  readonly faults: readonly string[];
  /** URLs requested by the page. */
  requests(): Promise<readonly string[]>;
  goto(address: string): Promise<void>;
  /**
   * Evaluates a JavaScript expression in the page. The value, or that of its promise, must be JSON.
   */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until the expression is truthy; throws after `timeoutMs` (default 20,000). */
  waitFor(expression: string, timeoutMs?: number): Promise<void>;
  movePointer(xCss: number, yCss: number): Promise<void>;
  /** Taps the page. */
  tap(xCss: number, yCss: number): Promise<void>;
  /** Presses and releases a key, named as in `KeyboardEvent.key`. */
  press(key: string): Promise<void>;
  /** What a screen reader gets, in reading order. Chromium only; empty elsewhere. */
  spokenTree(): Promise<readonly SpokenNode[]>;
  /** PNG of the viewport. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A running browser. */
export interface TestBrowser {
  readonly name: BrowserName;
  open(view: PageView): Promise<BrowserPage>;
  close(): Promise<void>;
}
