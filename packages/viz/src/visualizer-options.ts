import type { RendererChoice } from "./adaptive-renderer.ts";
import type { ChartViewOptions } from "./chart-view.ts";
import type { FrameSource } from "./frame-loop.ts";
import type { FetchLike } from "./handshake-refusal.ts";
import type { OptionKinds } from "./options.ts";
import type { FocusedPoint } from "./point-focus.ts";
import type { WebSocketConstructor } from "./stream-client-options.ts";
import type { StreamView } from "./stream-state.ts";
import type { VizError } from "./viz-error.ts";
import type { WebglFactory } from "./webgl-renderer.ts";

/** Settings of `MempoolVisualizer`; each has a default. */
export interface VisualizerOptions extends ChartViewOptions {
  /**
   * Draws title, price, state and counts in the chart. Default true; false if the page shows them.
   */
  readonly caption?: boolean;
  /** Device pixels per CSS pixel. Default: the screen's, updated when it changes. */
  readonly devicePixelRatio?: number;
  /**
   * With {@link webgl}, default `auto`: WebGL2 for 40,000 points and more if it is
   * hardware-accelerated, otherwise canvas. Both draw the same picture.
   */
  readonly renderer?: RendererChoice;
  /**
   * `webglRenderer` of this package, for charts with very many points. Default: always the canvas.
   */
  readonly webgl?: WebglFactory;
  /**
   * Draws the moving dots on a second canvas over the first, and as often as the machine does with
   * ease: far less work without a graphics card. The canvas's parent must be positioned
   * (`position: relative`), and the canvas itself not be transformed. Default false.
   */
  readonly movingLayer?: boolean;
  /** Disables animations. Default: the user's system setting (`prefers-reduced-motion`). */
  readonly reducedMotion?: boolean;
  /** Shows a tooltip beside the selected point. Default true. */
  readonly tooltip?: boolean;
  /** Called when another point is selected (pointer or keyboard); null when none is. */
  readonly onPoint?: (point: FocusedPoint | null) => void;
  /**
   * Called with the selected point when it is clicked, or with Enter; null for a click beside
   * points.
   */
  readonly onPin?: (point: FocusedPoint | null) => void;
  /**
   * Called with the reason when the picture cannot be drawn (`no_2d_context`, `context_lost`,
   * `draw_failed`), and with null when it can again. With this callback a missing 2D context is no
   * error: `view`, `onChange` and `onPoint` work without a picture.
   */
  readonly onPicture?: (problem: VizError | null) => void;
  /** Called when the view changed: a message was applied, or the connection's state changed. */
  readonly onChange?: (view: StreamView) => void;
  /** The WebSocket implementation. Default `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Requests why a handshake failed. Default `globalThis.fetch`; null disables it. */
  readonly fetch?: FetchLike | null;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** The user's clock in Unix milliseconds. Default `Date.now`. */
  readonly wallClock?: () => number;
  /** Frames and timers. Default: the window's. */
  readonly frames?: FrameSource;
}

export const visualizerOptionKinds: OptionKinds<VisualizerOptions> = {
  theme: "any",
  labels: "object",
  ageAxis: "object",
  confirmedOnly: "boolean",
  pointsMax: "positive",
  radiusNearCss: "positive",
  radiusFarCss: "positive",
  dotSizeCss: "positive",
  caption: "boolean",
  devicePixelRatio: "positive",
  renderer: "any",
  webgl: "any",
  movingLayer: "boolean",
  reducedMotion: "boolean",
  tooltip: "boolean",
  onPoint: "function",
  onPin: "function",
  onPicture: "function",
  onChange: "function",
  WebSocket: "any",
  fetch: "any",
  now: "function",
  wallClock: "function",
  frames: "object",
};
