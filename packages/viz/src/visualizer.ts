import { AdaptiveRenderer, type RendererChoice } from "./adaptive-renderer.ts";
import { CanvasSurface } from "./canvas-surface.ts";
import { ChartInput } from "./chart-input.ts";
import { chartPng } from "./chart-png.ts";
import { ChartView, type ChartViewOptions, type Moment, type Surface } from "./chart-view.ts";
import type { ConfirmedUpdate, MempoolUpdate } from "./contracts.ts";
import { FrameLoop, type FrameSource, windowFrames } from "./frame-loop.ts";
import type { FetchLike } from "./handshake-refusal.ts";
import type { Place } from "./hit-test.ts";
import { type FocusedPoint, PointFocus } from "./point-focus.ts";
import type { Scene } from "./scene.ts";
import { socketAddress } from "./socket-address.ts";
import { StreamClient } from "./stream-client.ts";
import type { MessageCounts, WebSocketConstructor } from "./stream-client-options.ts";
import type { StreamView } from "./stream-state.ts";
import type { Theme } from "./theme.ts";
import { Tooltip } from "./tooltip.ts";
import { drawError, VizError } from "./viz-error.ts";

/** Settings of {@link MempoolVisualizer}; each has a default. */
export interface VisualizerOptions extends ChartViewOptions {
  /** Whether the chart itself shows title, price, state and counts. Default true; false where the page around it does. */
  readonly caption?: boolean;
  /** Device pixels per CSS pixel. Default: the screen's, followed when it changes. */
  readonly devicePixelRatio?: number;
  /** Default `auto`: WebGL2 where there is a fast one and many points, else canvas. Both draw the same picture. */
  readonly renderer?: RendererChoice;
  /** Whether nothing may glide. Default: as the reader asked of the system (`prefers-reduced-motion`). */
  readonly reducedMotion?: boolean;
  /** Whether a box with a point's facts appears beside it. Default true. */
  readonly tooltip?: boolean;
  /** Called when another point is looked at (pointer or keys), null when none is. */
  readonly onPoint?: (point: FocusedPoint | null) => void;
  /**
   * Called with the reason when the picture cannot be drawn (`no_2d_context`, `context_lost`, `draw_failed`), with null
   * when it can again. With it a canvas without a 2D context is no error: {@link MempoolVisualizer.view}, `onChange` and
   * `onPoint` do without the picture.
   */
  readonly onPicture?: (problem: VizError | null) => void;
  /** Called when what a page may show changed: a message was applied, or the connection's state is another. */
  readonly onChange?: (view: StreamView) => void;
  /** Default `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Default `globalThis.fetch`, to ask why a handshake failed; null: does not ask. */
  readonly fetch?: FetchLike | null;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** The reader's clock in Unix milliseconds. Default `Date.now`. */
  readonly wallClock?: () => number;
  /** Default: the window's frames and timers. */
  readonly frames?: FrameSource;
}

/**
 * The live chart on a canvas: confirmed side left, mempool right.
 * @example
 * const chart = new MempoolVisualizer("chart", "ws://127.0.0.1:8000/ws/mempool");
 * chart.connect();
 * @throws VizError `canvas_not_found`, without `onPicture` `no_2d_context`. StreamClientError `bad_url`.
 */
export class MempoolVisualizer {
  readonly #options: VisualizerOptions;
  readonly #url: string | null;
  readonly #surface: CanvasSurface;
  readonly #chart: ChartView;
  readonly #loop: FrameLoop;
  readonly #input: ChartInput;
  readonly #focus = new PointFocus();
  readonly #tooltip: Tooltip;
  readonly #renderer: AdaptiveRenderer;
  readonly #motion: MediaQueryList | null;
  #client: StreamClient | null = null;
  #pointer: { readonly xCss: number; readonly yCss: number } | null = null;
  #shownPoint: FocusedPoint | null = null;
  #pictureProblem: VizError | null = null;
  #destroyed = false;

  /**
   * @param canvas the canvas, or its id. It is drawn at the size that the page gives it.
   * @param websocketUrl `ws://…` or `wss://…`, or an address relative to the page's own such as `ws/mempool`; null for a
   * chart that is only fed by {@link updateData}.
   */
  constructor(canvas: HTMLCanvasElement | string, websocketUrl: string | null, options: VisualizerOptions = {}) {
    this.#options = options;
    this.#url = websocketUrl == null ? null : socketAddress(websocketUrl);
    this.#chart = new ChartView(options);
    const redraw = (): void => this.#loop.request();
    this.#loop = new FrameLoop(options.frames ?? windowFrames, () => this.#draw());
    this.#surface = new CanvasSurface(canvas, options.devicePixelRatio ?? null, () => {
      // At once: a canvas that was given another size is blank, and this is called before the page is painted or printed.
      if (!this.#destroyed) this.#loop.drawNow();
    });
    const { problem } = this.#surface;
    if (problem !== null && options.onPicture === undefined) throw problem;
    this.#renderer = new AdaptiveRenderer(options.renderer ?? "auto", redraw);
    const element = this.#surface.canvas;
    this.#tooltip = new Tooltip(element);
    this.#input = new ChartInput(element, {
      onPointer: (place) => {
        this.#pointer = place;
        const scene = place === null ? null : this.#sceneOf(this.#moment());
        if (place === null || scene === null) this.#focus.clear();
        else this.#focus.point(scene, place.xCss, place.yCss, this.#surface.ratio);
        redraw();
      },
      onKey: (key, shift) => {
        // Of this moment, not of the last frame: a key may come before what just arrived was ever drawn.
        const scene = this.#sceneOf(this.#moment());
        if (scene === null || !this.#focus.key(scene, key, shift)) return false;
        this.#pointer = null;
        redraw();
        return true;
      },
      onBlur: () => {
        this.#focus.clear();
        redraw();
      },
    });
    const asked = options.reducedMotion === undefined && typeof matchMedia !== "undefined";
    this.#motion = asked ? matchMedia("(prefers-reduced-motion: reduce)") : null;
    this.#motion?.addEventListener("change", this.#motionChanged);
    this.#chart.still = options.reducedMotion ?? this.#motion?.matches ?? false;
    redraw();
  }

  /** Connects to the stream, and stays connected until {@link destroy}. */
  connect(): void {
    this.#mustLive();
    if (this.#url === null) return;
    const { WebSocket, fetch, now } = this.#options;
    this.#client ??= new StreamClient({
      url: this.#url,
      barePoints: true,
      ...(fetch === undefined ? {} : { fetch }),
      ...(WebSocket === undefined ? {} : { WebSocket }),
      ...(now === undefined ? {} : { now }),
      onMessage: (message) => {
        this.#apply(message, true);
      },
      onEvent: () => this.#changed(),
    });
    this.#client.connect();
  }

  /**
   * Applies a message of the stream: an object or its JSON. What is malformed, unknown, repeated or out of order is
   * counted ({@link counts}) and otherwise ignored. The picture follows at the next frame.
   * @returns whether it was applied.
   */
  updateData(message: MempoolUpdate | ConfirmedUpdate | object | string): boolean {
    this.#mustLive();
    return this.#apply(message, false);
  }

  /** Draws at once. Not needed for a connected chart, which draws when something changed. */
  render(): void {
    this.#mustLive();
    this.#surface.measure();
    this.#loop.drawNow();
  }

  /** Changes the colours. */
  setTheme(theme: Theme): void {
    this.#mustLive();
    this.#chart.theme = theme;
    this.#tooltip.hide();
    this.#loop.request();
  }

  /**
   * The picture of this moment as a PNG, with title, price, state and counts on it whatever the page shows.
   * @param ratio device pixels per CSS pixel, default 2.
   * @param timeoutMs how long the browser may take for it, default 15 s.
   * @throws VizError `no_2d_context`, `draw_failed`; `png_blocked` when the browser does not let pages read their canvases;
   *   `png_timeout`.
   */
  async toPng(ratio = 2, timeoutMs = 15_000): Promise<Blob> {
    this.#mustLive();
    return chartPng({
      chart: this.#chart,
      surface: this.#surface,
      ratio,
      moment: this.#moment(),
      view: this.view,
      frames: this.#options.frames ?? windowFrames,
      timeoutMs,
    });
  }

  /** Ends the connection and lets go of everything. The canvas keeps its last picture. May be called twice. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#client?.close();
    this.#loop.stop();
    this.#input.destroy();
    this.#motion?.removeEventListener("change", this.#motionChanged);
    this.#tooltip.hide();
    this.#renderer.destroy();
    this.#surface.destroy();
  }

  /** What is known of the stream now: for a page that shows it in its own way. */
  get view(): StreamView {
    const silent = this.#moment().now - this.#chart.model.tickedAt;
    return {
      connection: this.#url === null ? null : (this.#client?.state ?? "closed"),
      live: this.#chart.model.live,
      confirmed: this.#chart.model.chain,
      silentSeconds: Number.isNaN(silent) ? null : silent,
      intervalSeconds: this.#chart.model.intervalSeconds,
      unreadable: this.counts.malformed,
      refusal: this.#client?.refusal ?? null,
      polled: this.#client !== null && this.#chart.model.liveByHand,
    };
  }

  /** Messages so far, by what became of them. */
  get counts(): MessageCounts {
    const total: MessageCounts = { ...this.#chart.model.counts };
    const client = this.#client?.counts;
    // What the client let through was counted as applied here too.
    if (client !== undefined)
      for (const reason of ["malformed", "unknown", "duplicate", "reordered", "gap"] as const)
        total[reason] += client[reason];
    return total;
  }

  /** Which renderer drew the last frame. */
  get rendererKind(): "canvas" | "webgl" {
    return this.#renderer.kind;
  }

  #apply(message: unknown, judged: boolean): boolean {
    const applied = this.#chart.apply(message, this.#moment().now, judged);
    if (applied) this.#changed();
    return applied;
  }

  #changed(): void {
    if (this.#destroyed) return;
    this.#loop.request();
    this.#options.onChange?.(this.view);
  }

  #draw(): number | null {
    const moment = this.#moment();
    const surface = this.#surface;
    const caption = this.#options.caption ?? true;
    const scene = this.#sceneOf(moment);
    let focused = scene === null ? null : this.#focus.find(scene, surface.ratio);
    // Points come to a pointer that rests.
    if (scene !== null && focused === null && this.#pointer !== null) {
      this.#focus.point(scene, this.#pointer.xCss, this.#pointer.yCss, surface.ratio);
      focused = this.#focus.find(scene, surface.ratio);
    }
    this.#paint(caption, scene, moment, focused?.place ?? null);
    this.#showPoint(focused?.point ?? null);
    // The clocks under the plot show seconds.
    const nextSecondMs = 1000 - ((moment.wallSeconds * 1000) % 1000);
    return Math.min(nextSecondMs, this.#chart.restMs(scene, moment.now) ?? nextSecondMs);
  }

  /** Draws, where that is possible. Text and numbers around the picture do not depend on it. */
  #paint(caption: boolean, scene: Scene | null, moment: Moment, place: Place | null): void {
    const { context, widthCss, heightCss, ratio, problem } = this.#surface;
    if (context === null || problem !== null) {
      this.#tellPicture(problem);
      return;
    }
    const surface: Surface = { context, widthCss, heightCss, ratio };
    try {
      this.#chart.paint(surface, caption, scene, this.#renderer, this.view, moment, place);
    } catch (cause) {
      if (this.#options.onPicture === undefined) throw cause;
      this.#tellPicture(drawError(cause));
      return;
    }
    this.#tellPicture(null);
  }

  #tellPicture(problem: VizError | null): void {
    if (problem?.code === this.#pictureProblem?.code) return;
    this.#pictureProblem = problem;
    this.#options.onPicture?.(problem);
  }

  #sceneOf(moment: Moment): Scene | null {
    this.#chart.step(moment.now);
    return this.#chart.scene(this.#surface, this.#options.caption ?? true, moment);
  }

  #showPoint(point: FocusedPoint | null): void {
    if (point === null) this.#tooltip.hide();
    else if (this.#options.tooltip ?? true) this.#tooltip.show(point, this.#chart.theme, this.#chart.labels);
    const before = this.#shownPoint;
    this.#shownPoint = point;
    if (before?.number !== point?.number || before?.side !== point?.side) this.#options.onPoint?.(point);
  }

  readonly #motionChanged = (event: MediaQueryListEvent): void => {
    this.#chart.still = event.matches;
    this.#loop.request();
  };

  #moment(): Moment {
    const { now = () => performance.now(), wallClock = Date.now } = this.#options;
    return { now: now() / 1000, wallSeconds: wallClock() / 1000 };
  }

  #mustLive(): void {
    if (this.#destroyed) throw new VizError("destroyed", "this chart was destroyed; make a new one");
  }
}
