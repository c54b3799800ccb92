import {
  formatRange,
  formatUsd,
  formatUtc,
  formatUtcDate,
  type HistoryChart,
  type HistoryColumns,
  type HistoryRow,
  type Theme,
  type TimeRange,
  VizError,
} from "@utxoracle/viz";
import { type PageAddress, type View, viewQuery } from "./page-address.ts";
import { pageElement } from "./page-element.ts";
import { noPictureText } from "./picture-text.ts";

const HOUR = 3600;
/** Length and step of each view's rows, seconds. */
const SPANS: Readonly<Record<Exclude<View, "live">, { readonly length: number; readonly step: number }>> = {
  "3h": { length: 3 * HOUR, step: 10 },
  "24h": { length: 24 * HOUR, step: 60 },
  "7d": { length: 7 * 24 * HOUR, step: 600 },
  "90d": { length: 90 * 24 * HOUR, step: 600 },
};
/** Time between two requests while a view is shown: a step, but no more often than this. */
const PAUSE_MS_MIN = 20_000;
/** The chart is at least this long, in rows. */
const ROWS_SHOWN_MIN = 30;

/** The part of the rows within the last `length` seconds. */
export function lastRows(rows: HistoryColumns, length: number): HistoryColumns {
  const from = (rows.times.at(-1) ?? 0) - length;
  const first = rows.times.findIndex((time) => time >= from);
  if (first <= 0) return rows;
  const { times, prices, lows, highs, kinds, step } = rows;
  return {
    times: times.subarray(first),
    prices: prices.subarray(first),
    lows: lows.subarray(first),
    highs: highs.subarray(first),
    kinds: kinds.subarray(first),
    step,
  };
}

/** `$87,436 · ±0.6 % · $86,900 – $88,000 (90 % range) · 29 Nov 2026 13:20 UTC` */
export function rowText(row: HistoryRow | null): string {
  if (row === null) return "";
  const time = `${formatUtcDate(row.time)} ${formatUtc(row.time, false)}`;
  if (row.price === null) return `No price · ${time}`;
  const notes = { ok: [], low_confidence: ["low confidence"], confirmed: ["from blocks, computed later"], gap: [] };
  const range = row.interval === null ? [] : [formatRange(row.price, row.interval)];
  return [formatUsd(row.price), ...range, ...notes[row.kind], time].join(" · ");
}

function lastText({ times, prices, lows, highs }: HistoryColumns): string {
  let last = prices.length - 1;
  while (last >= 0 && Number.isNaN(prices[last])) last--;
  if (last < 0) return "";
  const [time, price, low, high] = [times, prices, lows, highs].map((column) => column[last] as number) as [
    number,
    number,
    number,
    number,
  ];
  return rowText({ time, price, interval: Number.isNaN(low) ? null : { low, high }, kind: "ok", byKey: false });
}

export interface HistoryViewOptions {
  readonly address: PageAddress;
  readonly fetch: (stepSeconds: number) => Promise<HistoryColumns | null>;
  /** Called when another view is chosen. */
  readonly onView: (view: View) => void;
}

/** The switch between the live chart and the history, and the history's chart. */
export class HistoryView {
  readonly #options: HistoryViewOptions;
  readonly #buttons = [...document.querySelectorAll<HTMLButtonElement>("#ranges button")];
  readonly #row = pageElement("past-row");
  readonly #empty = pageElement("past-empty");
  #chart: HistoryChart | null = null;
  #theme: Theme;
  #view: View = "live";
  /** A part of the view that the address names, until the rows are there. */
  #asked: TimeRange | null;
  #requests = 0;
  #watermark: string | null = null;
  /** Price, range and time of the last row that has a price. */
  #last = "";
  #dueMs = 0;

  constructor(theme: Theme, options: HistoryViewOptions) {
    this.#options = options;
    this.#theme = theme;
    this.#asked = options.address.range;
    for (const button of this.#buttons)
      button.addEventListener("click", () => {
        this.#asked = null;
        this.#choose(button.dataset["range"] as View);
        this.#remember(null);
      });
    if (options.address.view !== "live") this.#choose(options.address.view);
  }

  get view(): View {
    return this.#view;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#chart?.setTheme(theme);
  }

  /** Marks prices that are not those of a real node. */
  setWatermark(text: string | null): void {
    this.#watermark = text;
    this.#chart?.setWatermark(text);
  }

  /** The shown part of the history as PNG; null while the live chart is shown. @throws VizError */
  async picture(): Promise<Blob | null> {
    if (this.#view === "live" || this.#chart === null) return null;
    const { historyPicture } = await import("./history-drawing.ts");
    const { start, end } = this.#chart.range;
    const time = (seconds: number): string => `${formatUtcDate(seconds)} ${formatUtc(seconds, false)}`;
    const { background, text, mutedText: muted } = this.#theme;
    return await historyPicture(pageElement<HTMLCanvasElement>("past"), {
      title: [
        "UTXOracle Live",
        "price of bitcoin in US dollars",
        ...(this.#watermark === null ? [] : [this.#watermark]),
      ].join(" · "),
      line: [`${time(start)} – ${time(end)}`, ...(this.#last === "" ? [] : [`last ${this.#last}`])].join(" · "),
      colors: { background, text, muted },
    });
  }

  /** Requests new rows if they are due. Call it once a second. */
  async update(): Promise<void> {
    if (this.#view === "live" || performance.now() < this.#dueMs || document.visibilityState !== "visible") return;
    const view = this.#view;
    const { length, step } = SPANS[view];
    this.#dueMs = performance.now() + Math.max(PAUSE_MS_MIN, 1000 * step);
    const request = ++this.#requests;
    const rows = await this.#options.fetch(step);
    if (request === this.#requests) this.#show(rows, length);
  }

  #show(rows: HistoryColumns | null, length: number): void {
    this.#empty.textContent =
      rows === null
        ? "The history cannot be read at the moment."
        : rows.times.length === 0
          ? "No history yet. The service records the price from now on."
          : "";
    if (rows === null || rows.times.length === 0) return;
    const shown = lastRows(rows, length);
    this.#last = lastText(shown);
    // A young history fills the chart instead of a corner of it.
    const [first, last] = [shown.times[0] as number, shown.times.at(-1) as number];
    this.#chart?.setRows(shown, { start: Math.min(first, last - ROWS_SHOWN_MIN * rows.step), end: last + rows.step });
    if (this.#asked !== null) this.#chart?.show(this.#asked);
    this.#asked = null;
  }

  #choose(view: View): void {
    this.#view = view;
    document.documentElement.dataset["range"] = view;
    for (const button of this.#buttons) button.setAttribute("aria-pressed", String(button.dataset["range"] === view));
    if (view !== "live") {
      this.#chart?.clear();
      this.#empty.textContent = "Loading…";
      this.#dueMs = 0;
      this.#requests++;
      void this.#open();
    }
    this.#options.onView(view);
  }

  async #open(): Promise<void> {
    await this.#makeChart();
    if (this.#chart !== null) await this.update();
  }

  /** The chart's code is loaded when it is needed, since most visitors stay with the live chart. */
  async #makeChart(): Promise<void> {
    const module = this.#chart === null ? await import("./history-drawing.ts").catch(() => null) : null;
    // Another view may have been chosen meanwhile, and made the chart.
    if (this.#chart !== null) return;
    if (module === null) {
      this.#empty.textContent = "The history cannot be loaded at the moment.";
      return;
    }
    try {
      this.#chart = new module.HistoryChart("past", {
        theme: this.#theme,
        watermark: this.#watermark,
        onRange: (range) => this.#remember(range),
        onRow: (row) => {
          this.#row.textContent = rowText(row);
        },
      });
    } catch (error) {
      if (!(error instanceof VizError)) throw error;
      this.#empty.textContent = noPictureText(error);
    }
  }

  /** Keeps the address of the page true, so that it can be shared. */
  #remember(range: TimeRange | null): void {
    try {
      history.replaceState(null, "", `${location.pathname}${viewQuery(location.search, this.#view, range)}`);
    } catch {
      // Browsers limit how often the address may change, and frames without an origin forbid it.
    }
  }
}
