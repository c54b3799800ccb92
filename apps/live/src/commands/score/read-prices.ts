import { closeSync, fstatSync, readFileSync } from "node:fs";
import { budgets } from "../../config/budgets.ts";
import { openFileToRead } from "../../config/regular-file.ts";
import { isWideText } from "../../config/text-encoding.ts";
import { UserError } from "../../config/user-error.ts";
import { type CsvLayout, cellsOf, csvLayout } from "./csv-layout.ts";
import { timeOfCell } from "./time-cell.ts";

/** Cells of times without trades in some exports. */
const MISSING = new Set(["", "nan", "null", "-"]);

/** Prices of the operator's file over one span of time. All in US dollars per bitcoin. */
export interface PriceRow {
  /** Start and end of the span, Unix seconds; equal for a price of one moment. */
  readonly from: number;
  readonly to: number;
  readonly high: number;
  readonly low: number;
  /** The price at the end of the span. */
  readonly close: number;
}

interface ReadRow {
  readonly time: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Reads the prices of a CSV file, ascending in time. Rows without a price are left out.
 * @throws {UserError} naming file, line and column.
 */
export function readPrices(path: string): PriceRow[] {
  return pricesOf(readText(path), path);
}

/** @throws {UserError} as {@link readPrices}. */
export function pricesOf(text: string, path: string): PriceRow[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/);
  const layout = csvLayout(lines);
  if (layout === null)
    throw new UserError(
      `--prices: ${path}, line 1: no columns of time and price; name them, e.g. time,price or time,open,high,low,close`,
    );
  const rows: ReadRow[] = [];
  for (let index = layout.firstRow; index < lines.length; index++) {
    const line = lines[index] as string;
    if (line.trim() === "") continue;
    const row = rowOf(line, layout, `${path}, line ${index + 1}`);
    if (row !== null) rows.push(row);
  }
  if (rows.length === 0) throw new UserError(`--prices: ${path} has no prices`);
  rows.sort((a, b) => a.time - b.time);
  return layout.high === -1 ? momentsOf(rows) : spansOf(rows);
}

/** Null for a row without a price. */
function rowOf(line: string, layout: CsvLayout, place: string): ReadRow | null {
  const cells = cellsOf(line, layout.separator);
  const close = priceOf(cells, layout.close, "price", place);
  if (close === null) return null;
  const text = cells[layout.time] ?? "";
  const time = timeOfCell(text);
  if (time === null)
    throw new UserError(
      `--prices: ${place}, column ${layout.time + 1} (time): "${text.slice(0, 40)}" is not a time; ` +
        "use Unix time, or UTC as 2024-02-29T13:00:00Z",
    );
  const high = layout.high === -1 ? close : priceOf(cells, layout.high, "high", place);
  const low = layout.low === -1 ? close : priceOf(cells, layout.low, "low", place);
  return { time, close, high: Math.max(high ?? close, close), low: Math.min(low ?? close, close) };
}

/** Null for an empty cell. */
function priceOf(cells: readonly string[], column: number, name: string, place: string): number | null {
  const text = cells[column] ?? "";
  if (MISSING.has(text.toLowerCase())) return null;
  const price = Number(text);
  if (price > 0 && price < 1e9) return price;
  throw new UserError(
    `--prices: ${place}, column ${column + 1} (${name}): "${text.slice(0, 40)}" is not a price in US dollars`,
  );
}

const momentsOf = (rows: readonly ReadRow[]): PriceRow[] =>
  rows.map(({ time, ...prices }) => ({ from: time, to: time, ...prices }));

/** Times of candles are those of their start; each ends after the smallest distance between two. */
function spansOf(rows: readonly ReadRow[]): PriceRow[] {
  let step = Number.POSITIVE_INFINITY;
  for (const [index, { time }] of rows.entries()) {
    const distance = time - (rows[index - 1]?.time ?? Number.NEGATIVE_INFINITY);
    if (distance > 0 && distance < step) step = distance;
  }
  if (!Number.isFinite(step)) return momentsOf(rows);
  return rows.map(({ time, ...prices }) => ({ from: time, to: time + step, ...prices }));
}

function readText(path: string): string {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new UserError(`--prices: ${path} ${reason}`, undefined, { cause });
  };
  let bytes: Buffer;
  try {
    const descriptor = openFileToRead(path);
    try {
      const { size } = fstatSync(descriptor);
      if (size > budgets.pricesFile.bytes) refuse(`is longer than ${budgets.pricesFile.bytes} bytes`);
      bytes = readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    return refuse(`cannot be read (${(cause as Error).message})`, cause);
  }
  if (isWideText(bytes)) refuse("is UTF-16 text; save it as UTF-8");
  return bytes.toString("utf8");
}
