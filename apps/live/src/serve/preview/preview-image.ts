import type { HistoryRow } from "../../state/history-rows.ts";
import type { PriceWords } from "./price-words.ts";
import { Raster, type Rgb } from "./raster.ts";
import { type Stroke, textStrokes, textWidth } from "./stroke-font.ts";

/** The size that chat apps ask for, pixels. */
export const PREVIEW_WIDTH = 1200;
export const PREVIEW_HEIGHT = 630;

const MARGIN = 60;
const TEXT: Rgb = [255, 255, 255];
const MUTED: Rgb = [170, 170, 170];
const CYAN: Rgb = [0, 229, 255];
const ORANGE: Rgb = [255, 159, 10];
const TONES: Readonly<Record<PriceWords["tone"], Rgb>> = { good: TEXT, weak: [255, 214, 10], bad: [255, 105, 97] };
/** The plot of the last hours. */
const PLOT = { left: MARGIN, top: 316, width: PREVIEW_WIDTH - 2 * MARGIN, height: 214 } as const;
/** Share of the text's height that its lines are wide. */
const WEIGHT = 0.125;

/** What the image shows. */
export interface Preview {
  readonly words: PriceWords;
  /** Ascending in time. */
  readonly rows: readonly HistoryRow[];
  /** The plot's ends, Unix seconds. */
  readonly from: number;
  readonly to: number;
}

/** Draws the price, its range, its time and its line over the last hours. */
export function drawPreview({ words, rows, from, to }: Preview): Raster {
  const raster = new Raster(PREVIEW_WIDTH, PREVIEW_HEIGHT);
  write(raster, "UTXOracle", MARGIN, 44, 30, CYAN);
  write(raster, "Live", MARGIN + textWidth("UTXOracle ", 30) + 6, 44, 30, ORANGE);
  const origin = words.origin?.toUpperCase() ?? "BTC - USD";
  write(
    raster,
    origin,
    PREVIEW_WIDTH - MARGIN - textWidth(origin, 26),
    46,
    26,
    words.origin === null ? MUTED : TONES.weak,
  );
  if (words.price === null) write(raster, words.detail, MARGIN, 190, fitting(words.detail, 40), MUTED);
  else {
    write(raster, words.price, MARGIN, 116, 104, TONES[words.tone], 0.135);
    write(
      raster,
      words.detail,
      MARGIN,
      258,
      fitting(words.detail, 26),
      words.tone === "good" ? MUTED : TONES[words.tone],
    );
  }
  plot(raster, rows, from, to);
  const about = "last 3 hours, from payments that one node sees";
  write(raster, words.time, MARGIN, 572, 22, MUTED);
  write(raster, about, PREVIEW_WIDTH - MARGIN - textWidth(about, 22), 572, 22, MUTED);
  return raster;
}

/** The height at which the text fits between the margins. */
function fitting(text: string, height: number): number {
  return Math.min(height, (height * (PREVIEW_WIDTH - 2 * MARGIN)) / textWidth(text, height));
}

function write(
  raster: Raster,
  text: string,
  left: number,
  top: number,
  height: number,
  color: Rgb,
  weight = WEIGHT,
): void {
  raster.drawStrokes(textStrokes(text, left, top, height), height * weight, color);
}

function plot(raster: Raster, rows: readonly HistoryRow[], from: number, to: number): void {
  const { left, top, width, height } = PLOT;
  for (const [x, y, w, h] of [
    [left, top, width, 1],
    [left, top + height, width, 1],
    [left, top, 1, height],
    [left + width, top, 1, height + 1],
  ] as const)
    raster.fillRect(x, y, w, h, MUTED, 0.6);
  const prices = rows.flatMap(({ price, low, high }) => (price === null ? [] : [price, low ?? price, high ?? price]));
  if (prices.length === 0) return;
  const middle = (Math.min(...prices) + Math.max(...prices)) / 2;
  // A quiet market looks quiet: the plot spans one percent at least.
  const half = Math.max(middle * 0.005, 0.58 * (Math.max(...prices) - Math.min(...prices)));
  const xOf = (time: number): number => left + (width * (time - from)) / (to - from);
  const yOf = (price: number): number => top + (height * (middle + half - price)) / (2 * half);
  const line: Stroke[] = [];
  rows.forEach((row, i) => {
    const next = rows[i + 1];
    if (row.price === null || next === undefined || next.price === null || row.status === "missing") return;
    const [x1, x2] = [xOf(row.time), xOf(next.time)];
    if (x2 <= left || x1 >= left + width) return;
    if (row.low !== null && row.high !== null) {
      const [fromX, toX] = [Math.max(left + 1, Math.round(x1)), Math.min(left + width, Math.round(x2))];
      const [high, low] = [Math.round(yOf(row.high)), Math.round(yOf(row.low))];
      raster.fillRect(fromX, high, toX - fromX, Math.max(1, low - high), ORANGE, row.status === "ok" ? 0.3 : 0.15);
    }
    line.push({ x1: Math.max(left, x1), y1: yOf(row.price), x2: Math.min(left + width, x2), y2: yOf(next.price) });
  });
  raster.drawStrokes(line, 4, ORANGE);
}
