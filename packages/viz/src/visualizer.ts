import { AdaptiveRenderer, type RendererChoice } from "./adaptive-renderer.ts";
import { CanvasSurface } from "./canvas-surface.ts";
import { ChartInput } from "./chart-input.ts";
import { chartPng } from "./chart-png.ts";
import { ChartView, type ChartViewOptions, type Moment, type Surface } from "./chart-view.ts";
import type { ConfirmedUpdate, MempoolUpdate } from "./contracts.ts";
import { FrameLoop, type FrameSource, windowFrames } from "./frame-loop.ts";
import type { FetchLike } from "./handshake-refusal.ts";
import type { HistoryColumns } from "./history-columns.ts";
import type { Place } from "./hit-test.ts";
import { MovingLayer } from "./moving-layer.ts";
import { paintPicture } from "./paint-picture.ts";
import { PictureSource } from "./picture-source.ts";
import { type FocusedPoint, PointFocus } from "./point-focus.ts";
import type { Scene } from "./scene.ts";
import { socketAddress } from "./socket-address.ts";
import { StreamClient } from "./stream-client.ts";
import type { MessageCounts, WebSocketConstructor } from "./stream-client-options.ts";
import type { StreamView } from "./stream-state.ts";
import type { Theme } from "./theme.ts";
import { Tooltip } from "./tooltip.ts";
import { drawError, VizError } from "./viz-error.ts";

/** The moving layer draws for at most this share of the time: the pause is as many times a frame. */
const DRAWING_SHARE = 0.02;
const PAUSE_MS_MIN = 10;
const PAUSE_MS_MAX = 60;

/** Settings of {@link MempoolVisualizer}; each has a default. */
export interface VisualizerOptions extends ChartViewOptions {
  /**
   * Draws title, price, state and counts in the chart. Default true; false if the page shows them.
   */
  readonly caption?: boolean;
  /** Device pixels per CSS pixel. Default: the screen's, updated when it changes. */
  readonly devicePixelRatio?: number;
  /**
   * Default `auto`: WebGL2 for many points if it is hardware-accelerated, otherwise canvas. Both
   * draw the same picture.
   */
  readonly renderer?: RendererChoice;
  /**
   * Draws the moving dots on a second canvas over the first, and as often as the machine does with
   * ease: far less work without a graphics card. The canvas's parent must be positioned (`position: relative`), and the canvas itself not
   * be transformed. Default false.
   */
  readonly movingLayer?: boolean;
  /** Disables animations. Default: the user's system setting (`prefers-reduced-motion`). */
  readonly reducedMotion?: boolean;
  /** Shows a tooltip beside the selected point. Default true. */
  readonly tooltip?: boolean;
  /** Called when another point is selected (pointer or keyboard); null when none is. */
  readonly onPoint?: (point: FocusedPoint | null) => void;
  /** Called with the selected point when it is clicked, or with Enter; null for a click beside points. */
  readonly onPin?: (point: FocusedPoint | null) => void;
  /**
   * Called with the reason when the picture cannot be drawn (`no_2d_context`, `context_lost`,
   * `draw_failed`), and with null when it can again. With this callback a missing 2D context is no
   * error: {@link MempoolVisualizer.view}, `onChange` and `onPoint` work without a picture.
   */
  readonly onPicture?: (problem: VizError | null) => void;
  /** Called when the view changed: a message was applied, or the connection's state changed. */
  readonly onChange?: (view: StreamView) => void;
  /** Default `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Requests why a handshake failed. Default `globalThis.fetch`; null disables it. */
  readonly fetch?: FetchLike | null;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** The user's clock in Unix milliseconds. Default `Date.now`. */
  readonly wallClock?: () => number;
  /** Default: the window's frames and timers. */
  readonly frames?: FrameSource;
}

/**
 * The live chart on a canvas: confirmed side left, mempool right.
 * @example
 * const chart = new MempoolVisualizer("chart", "ws://127.0.0.1:8000/ws/mempool");
 * chart.connect();
 * @throws VizError `canvas_not_found`; `no_2d_context` without `onPicture`. StreamClientError
 *   `bad_url`.
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
  readonly #layer: MovingLayer | null;
  /** Whether more than the moving dots must be drawn. */
  #isStale = true;
  #drawnSecond = Number.NaN;
  #isPaused = false;
  readonly #motion: MediaQueryList | null;
  #client: StreamClient | null = null;
  #pictures: PictureSource | null = null;
  #pointer: { readonly xCss: number; readonly yCss: number } | null = null;
  #shownPoint: FocusedPoint | null = null;
  #pictureProblem: VizError | null = null;
  #destroyed = false;

  /**
   * @param canvas the canvas, or its id. The chart follows its size on the page.
   * @param websocketUrl `ws://…`, `wss://…`, or relative to the page, e.g. `ws/mempool`; null: no
   * connection, fed by {@link updateData} only.
   */
  constructor(canvas: HTMLCanvasElement | string, websocketUrl: string | null, options: VisualizerOptions = {}) {
    this.#options = options;
    this.#url = websocketUrl == null ? null : socketAddress(websocketUrl);
    this.#chart = new ChartView(options);
    const redraw = (): void => this.#request();
    this.#loop = new FrameLoop(options.frames ?? windowFrames, () => this.#draw());
    this.#surface = new CanvasSurface(canvas, options.devicePixelRatio ?? null, () => {
      // Draw now: a resized canvas is blank, and this runs before the page is painted or printed.
      this.#isStale = true;
      if (!this.#destroyed) this.#loop.drawNow();
    });
    const { problem } = this.#surface;
    if (problem !== null && options.onPicture === undefined) throw problem;
    this.#renderer = new AdaptiveRenderer(options.renderer ?? "auto", redraw);
    const element = this.#surface.canvas;
    this.#layer =
      options.movingLayer === true && problem === null
        ? MovingLayer.create(element, options.renderer ?? "auto", redraw)
        : null;
    this.#tooltip = new Tooltip(element);
    this.#input = new ChartInput(element, {
      onPointer: (place) => {
        this.#pointer = place;
        const scene = place === null ? null : this.#sceneOf(this.#moment());
        if (place === null || scene === null) this.#focus.clear();
        else this.#focus.point(scene, place.xCss, place.yCss, this.#surface.ratio);
        redraw();
      },
      onClick: () => options.onPin?.(this.#shownPoint),
      onKey: (key, shift) => {
        if (key === "Enter" && options.onPin !== undefined && this.#shownPoint !== null) {
          options.onPin(this.#shownPoint);
          return true;
        }
        // A scene of now, not of the last frame: a key may come before the newest data was drawn.
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

  /** Connects to the stream and stays connected until {@link destroy}. */
  connect(): void {
    this.#mustLive();
    if (this.#url === null) return;
    const { WebSocket, fetch, now } = this.#options;
    const fetchPicture = fetch === undefined ? ((globalThis as { fetch?: FetchLike }).fetch ?? null) : fetch;
    if (fetchPicture !== null)
      this.#pictures ??= new PictureSource({
        url: this.#url,
        fetch: fetchPicture,
        onPicture: (picture) => {
          if (!this.#destroyed && this.#chart.model.applyPicture(picture)) this.#changed();
        },
        onPoints: (points) => {
          this.#chart.model.confirmed.describe(points);
          this.#changed();
        },
      });
    this.#client ??= new StreamClient({
      url: this.#url,
      barePoints: true,
      ...(fetch === undefined ? {} : { fetch }),
      ...(WebSocket === undefined ? {} : { WebSocket }),
      ...(now === undefined ? {} : { now }),
      onMessage: (message) => {
        if (this.#chart.apply(message, this.#moment().now)) this.#changed();
        if (message.type === "confirmed_update") this.#pictures?.onUpdate(message);
      },
      onEvent: () => this.#changed(),
    });
    this.#client.connect();
  }

  /**
   * Applies a message of the stream: an object or JSON. A malformed, unknown, repeated or
   * out-of-order message is counted ({@link counts}) and ignored. The picture follows in the next
   * frame.
   * @returns whether it was applied.
   */
  updateData(message: MempoolUpdate | ConfirmedUpdate | object | string): boolean {
    this.#mustLive();
    const isChanged = this.#chart.applyUnchecked(message, this.#moment().now);
    if (isChanged) this.#changed();
    return isChanged;
  }

  /**
   * Fills in the line of the price from before the first tick or a gap.
   * @param rows of `/api/v1/history`, read by `readHistory`.
   */
  addHistory(rows: HistoryColumns): void {
    this.#mustLive();
    this.#chart.model.history.fill(rows);
    this.#changed();
  }

  /** Draws immediately. A connected chart draws by itself. */
  render(): void {
    this.#mustLive();
    this.#surface.measure();
    this.#isStale = true;
    this.#loop.drawNow();
  }

  /** Changes the colors. */
  setTheme(theme: Theme): void {
    this.#mustLive();
    this.#chart.theme = theme;
    this.#tooltip.hide();
    this.#request();
  }

  /** Stops drawing, e.g. while the canvas is not shown. The data is kept up to date. */
  setPaused(isPaused: boolean): void {
    this.#mustLive();
    this.#isPaused = isPaused;
    if (isPaused) this.#layer?.hide();
    else this.#request();
  }

  /**
   * The current picture as a PNG, always with title, price, state and counts.
   * @param ratio device pixels per CSS pixel, default 2.
   * @param timeoutMs time limit for the browser's encoder, default 15 s.
   * @throws VizError `no_2d_context`, `draw_failed`, `png_timeout`; `png_blocked` if the browser
   *   does not allow reading canvases.
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

  /**
   * Closes the connection and releases all resources. The canvas keeps its last picture.
   * Idempotent.
   */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#client?.close();
    this.#pictures?.close();
    this.#loop.stop();
    this.#input.destroy();
    this.#motion?.removeEventListener("change", this.#motionChanged);
    this.#tooltip.hide();
    this.#renderer.destroy();
    this.#layer?.destroy();
    this.#surface.destroy();
  }

  /** The stream's current state, for a page that shows it in its own way. */
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
      polled: this.#client !== null && this.#chart.model.liveIsManual,
    };
  }

  /** Number of messages by outcome. */
  get counts(): MessageCounts {
    const total: MessageCounts = { ...this.#chart.model.counts };
    const client = this.#client?.counts;
    // A message that the client passed on was counted as applied here too.
    if (client !== undefined)
      for (const reason of ["malformed", "unknown", "duplicate", "reordered", "gap"] as const)
        total[reason] += client[reason];
    return total;
  }

  /** The renderer of the last frame. */
  get rendererKind(): "canvas" | "webgl" {
    return this.#renderer.kind;
  }

  #changed(): void {
    if (this.#destroyed) return;
    this.#request();
    this.#options.onChange?.(this.view);
  }

  /** Requests a frame of the whole picture. */
  #request(): void {
    this.#isStale = true;
    this.#loop.request();
  }

  #draw(): number | null {
    if (this.#isPaused) return null;
    const moment = this.#moment();
    const second = Math.floor(moment.wallSeconds);
    const isQuiet = !this.#isStale && second === this.#drawnSecond && this.#shownPoint === null;
    if (this.#layer !== null && isQuiet && !this.#chart.gliding) {
      const scene = this.#sceneOf(moment);
      if (scene !== null && !this.#hasPointUnderPointer(scene)) {
        this.#paintLayer(scene, moment);
        return this.#msUntilNext(scene, moment);
      }
    }
    this.#isStale = false;
    this.#drawnSecond = second;
    const surface = this.#surface;
    const caption = this.#options.caption ?? true;
    const scene = this.#sceneOf(moment);
    let focused = scene === null ? null : this.#focus.find(scene, surface.ratio);
    if (scene !== null && focused === null && this.#hasPointUnderPointer(scene))
      focused = this.#focus.find(scene, surface.ratio);
    this.#paint(caption, scene, moment, focused?.place ?? null);
    this.#showPoint(focused?.point ?? null);
    // The layer would cover the mark of the focused point.
    if (scene === null || focused !== null) this.#layer?.hide();
    else this.#paintLayer(scene, moment);
    return this.#msUntilNext(scene, moment);
  }

  /** Selects a point that drifted under a resting pointer. */
  #hasPointUnderPointer(scene: Scene): boolean {
    const { ratio } = this.#surface;
    if (this.#pointer === null) return false;
    this.#focus.point(scene, this.#pointer.xCss, this.#pointer.yCss, ratio);
    return this.#focus.find(scene, ratio) !== null;
  }

  #msUntilNext(scene: Scene | null, moment: Moment): number {
    // The clocks under the plot show seconds.
    const nextSecondMs = 1000 - ((moment.wallSeconds * 1000) % 1000);
    const changeMs = this.#chart.msUntilChange(scene, moment.now) ?? nextSecondMs;
    if (this.#layer === null || this.#chart.gliding) return Math.min(nextSecondMs, changeMs);
    const pauseMs = Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_MIN, this.#layer.frameMs / DRAWING_SHARE));
    return Math.min(nextSecondMs, Math.max(pauseMs, changeMs));
  }

  /** Draws if possible. Texts and numbers around the picture do not depend on it. */
  #paint(caption: boolean, scene: Scene | null, moment: Moment, place: Place | null): void {
    const { context, widthCss, heightCss, ratio, problem } = this.#surface;
    if (context === null || problem !== null) {
      this.#tellPicture(problem);
      return;
    }
    const surface: Surface = { context, widthCss, heightCss, ratio };
    try {
      paintPicture(this.#chart.picture(surface, caption, scene, this.view, moment, place), this.#renderer);
    } catch (cause) {
      if (this.#options.onPicture === undefined) throw cause;
      this.#tellPicture(drawError(cause));
      return;
    }
    this.#tellPicture(null);
  }

  #paintLayer(scene: Scene, moment: Moment): void {
    const { context, widthCss, heightCss, ratio, problem } = this.#surface;
    if (this.#layer === null || context === null) return;
    // What failed below fails here too.
    const hasPicture = problem === null && this.#pictureProblem === null;
    if (!hasPicture || scene.mempool.panelDevice.width <= 1) this.#layer.hide();
    else {
      const surface: Surface = { context, widthCss, heightCss, ratio };
      const caption = this.#options.caption ?? true;
      this.#layer.draw(this.#chart.picture(surface, caption, scene, this.view, moment, null), scene);
    }
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
    if (point?.side === "confirmed" && point.txid === null) {
      const block = this.#chart.model.confirmed.picturedBlock(point.number);
      if (block !== null) void this.#pictures?.fetchPoints(block);
    }
    if (point === null) this.#tooltip.hide();
    else if (this.#options.tooltip ?? true) this.#tooltip.show(point, this.#chart.theme, this.#chart.labels);
    const before = this.#shownPoint;
    this.#shownPoint = point;
    if (before?.number !== point?.number || before?.side !== point?.side) this.#options.onPoint?.(point);
  }

  readonly #motionChanged = (event: MediaQueryListEvent): void => {
    this.#chart.still = event.matches;
    this.#request();
  };

  #moment(): Moment {
    const { now = () => performance.now(), wallClock = Date.now } = this.#options;
    return { now: now() / 1000, wallSeconds: wallClock() / 1000 };
  }

  #mustLive(): void {
    if (this.#destroyed) throw new VizError("destroyed", "the chart was destroyed; create a new one");
  }
}
