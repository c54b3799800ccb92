import { CanvasSurface } from "./canvas-surface.ts";
import { ChartConnection } from "./chart-connection.ts";
import { ChartPainter } from "./chart-painter.ts";
import { chartPng } from "./chart-png.ts";
import { ChartView, type Moment } from "./chart-view.ts";
import type { ConfirmedUpdate, MempoolData, MempoolUpdate } from "./contracts.ts";
import { FrameLoop, windowFrames } from "./frame-loop.ts";
import type { HistoryColumns } from "./history-columns.ts";
import { checkOptions, checkPositive, checkRows, shown } from "./options.ts";
import type { FocusedPoint } from "./point-focus.ts";
import { PointSelection } from "./point-selection.ts";
import type { Scene } from "./scene.ts";
import { socketAddress } from "./socket-address.ts";
import type { MessageCounts } from "./stream-client-options.ts";
import type { StreamView } from "./stream-state.ts";
import { checkTheme, type Theme } from "./theme.ts";
import { Tooltip } from "./tooltip.ts";
import { type VisualizerOptions, visualizerOptionKinds } from "./visualizer-options.ts";
import { VizError } from "./viz-error.ts";

/** Whether two ticks show the same price in whole dollars, and the same status. */
const hasSameLabels = (before: MempoolData | null, after: MempoolData | null): boolean =>
  before?.status === after?.status && Math.round(before?.price ?? 0) === Math.round(after?.price ?? 0);

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
  readonly #painter: ChartPainter;
  readonly #selection: PointSelection;
  readonly #tooltip: Tooltip;
  /** Whether more than the moving dots must be drawn. */
  #isStale = true;
  #drawnSecond = Number.NaN;
  #isPaused = false;
  readonly #motion: MediaQueryList | null;
  #connection: ChartConnection | null = null;
  #destroyed = false;

  /**
   * @param canvas the canvas, or its id. The chart follows its size on the page.
   * @param websocketUrl `ws://…`, `wss://…`, or relative to the page, e.g. `ws/mempool`; null: no
   * connection, fed by {@link updateData} only.
   */
  constructor(canvas: HTMLCanvasElement | string, websocketUrl: string | null, options: VisualizerOptions = {}) {
    checkOptions(options, visualizerOptionKinds);
    if (options.theme !== undefined) checkTheme(options.theme);
    this.#options = options;
    if (websocketUrl !== null && typeof websocketUrl !== "string")
      throw new TypeError(`websocketUrl must be a URL, or null for no connection, got ${shown(websocketUrl)}`);
    this.#url = websocketUrl === null ? null : socketAddress(websocketUrl);
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
    this.#painter = new ChartPainter(this.#chart, this.#surface, options, redraw);
    this.#tooltip = new Tooltip(this.#surface.canvas);
    this.#selection = new PointSelection(this.#surface, {
      ...options,
      scene: () => this.#painter.scene(this.#moment()),
      redraw,
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
    this.#connection ??= new ChartConnection({
      ...this.#options,
      url: this.#url,
      onMessage: (message) => {
        const before = this.#chart.model.live;
        if (!this.#chart.apply(message, this.#moment().now)) return;
        const { live } = this.#chart.model;
        // The moving layer shows new points at once; what else a tick changes waits for the next
        // second.
        const isSmall = message.type === "mempool_update" && !message.data.snapshot && hasSameLabels(before, live);
        this.#changed(isSmall && this.#painter.pauseMs !== null);
      },
      onState: () => this.#changed(),
      onPicture: (picture) => {
        if (!this.#destroyed && this.#chart.model.applyPicture(picture)) this.#changed();
      },
      onPoints: (points) => {
        this.#chart.model.confirmed.describe(points);
        this.#changed();
      },
    });
    this.#connection.connect();
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
   * Fills in the line of the price from before the first tick or a gap, with rows of
   * `/api/v1/history` read by `readHistory`.
   */
  addHistory(rows: HistoryColumns): void {
    this.#mustLive();
    checkRows(rows);
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

  /**
   * Changes the colors: `DARK_THEME`, `LIGHT_THEME`, `COLOR_BLIND_THEME`, `PRINT_THEME`, or your
   * own nine colors.
   */
  setTheme(theme: Theme): void {
    this.#mustLive();
    checkTheme(theme);
    this.#chart.theme = theme;
    this.#tooltip.hide();
    this.#request();
  }

  /** Stops drawing, e.g. while the canvas is not shown. The data is kept up to date. */
  setPaused(isPaused: boolean): void {
    this.#mustLive();
    this.#isPaused = isPaused;
    if (isPaused) this.#painter.hideLayer();
    else this.#request();
  }

  /**
   * The current picture as a PNG, always with title, price, state and counts. Rejects if the
   * browser returns noise.
   * @param ratio device pixels per CSS pixel, default 2.
   * @param timeoutMs time limit for the browser's encoder, default 15 s.
   * @throws VizError `no_2d_context`, `draw_failed`, `png_timeout`; `png_blocked` if the browser
   *   does not allow reading canvases.
   */
  async toPng(ratio = 2, timeoutMs = 15_000): Promise<Blob> {
    this.#mustLive();
    checkPositive(ratio, "ratio");
    checkPositive(timeoutMs, "timeoutMs");
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
    this.#connection?.close();
    this.#loop.stop();
    this.#selection.destroy();
    this.#motion?.removeEventListener("change", this.#motionChanged);
    this.#tooltip.hide();
    this.#painter.destroy();
    this.#surface.destroy();
  }

  /** The stream's current state, for a page that shows it in its own way. */
  get view(): StreamView {
    const silent = this.#moment().now - this.#chart.model.tickedAt;
    return {
      connection: this.#url === null ? null : (this.#connection?.state ?? "closed"),
      live: this.#chart.model.live,
      confirmed: this.#chart.model.chain,
      silentSeconds: Number.isNaN(silent) ? null : silent,
      intervalSeconds: this.#chart.model.intervalSeconds,
      unreadable: this.counts.malformed,
      refusal: this.#connection?.refusal ?? null,
      polled: this.#connection !== null && this.#chart.model.liveIsManual,
    };
  }

  /** Number of messages by outcome. */
  get counts(): MessageCounts {
    const total: MessageCounts = { ...this.#chart.model.counts };
    const client = this.#connection?.counts;
    // A message that the client passed on was counted as applied here too.
    if (client !== undefined)
      for (const reason of ["malformed", "unknown", "duplicate", "reordered", "gap"] as const)
        total[reason] += client[reason];
    return total;
  }

  /** The renderer of the last frame. */
  get rendererKind(): "canvas" | "webgl" {
    return this.#painter.rendererKind;
  }

  /** @param onlyDots whether the picture under the moving layer may stay as it is for a second. */
  #changed(onlyDots = false): void {
    if (this.#destroyed) return;
    if (onlyDots) this.#loop.request();
    else this.#request();
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
    // Asked before the scene moves the axis: the last step of a glide is drawn too.
    const wasGliding = this.#chart.gliding;
    const scene = this.#painter.scene(moment);
    if (!wasGliding && this.#onlyDotsMove(scene, second)) this.#painter.paintLayer(scene, moment, this.view, false);
    else this.#drawWhole(scene, moment, second);
    return this.#msUntilNext(scene, moment);
  }

  /** Whether the picture under the moving layer is still right. */
  #onlyDotsMove(scene: Scene | null, second: number): scene is Scene {
    const isQuiet = !this.#isStale && second === this.#drawnSecond && this.#selection.shown === null;
    if (this.#painter.pauseMs === null || !isQuiet || scene === null) return false;
    return this.#selection.underPointer(scene) === null;
  }

  #drawWhole(scene: Scene | null, moment: Moment, second: number): void {
    this.#isStale = false;
    this.#drawnSecond = second;
    const focused = scene === null ? null : this.#selection.find(scene);
    this.#painter.paint(scene, moment, this.view, focused?.place ?? null);
    this.#showPoint(focused?.point ?? null);
    // The layer would cover the mark of the focused point.
    if (scene === null || focused !== null) this.#painter.hideLayer();
    else this.#painter.paintLayer(scene, moment, this.view, true);
  }

  #msUntilNext(scene: Scene | null, moment: Moment): number {
    // The clocks under the plot show seconds.
    const nextSecondMs = 1000 - ((moment.wallSeconds * 1000) % 1000);
    const changeMs = this.#chart.msUntilChange(scene, moment.now) ?? nextSecondMs;
    const { pauseMs } = this.#painter;
    if (pauseMs === null || this.#chart.gliding) return Math.min(nextSecondMs, changeMs);
    return Math.min(nextSecondMs, Math.max(pauseMs, changeMs));
  }

  #showPoint(point: FocusedPoint | null): void {
    if (point?.side === "confirmed" && point.txid === null) {
      const block = this.#chart.model.confirmed.picturedBlock(point.number);
      if (block !== null) this.#connection?.fetchPoints(block);
    }
    if (point === null) this.#tooltip.hide();
    else if (this.#options.tooltip ?? true) this.#tooltip.show(point, this.#chart.theme, this.#chart.labels);
    this.#selection.show(point);
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
