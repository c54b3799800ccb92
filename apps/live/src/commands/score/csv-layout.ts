/** Which column of a price file has what; -1: none. */
export interface CsvLayout {
  readonly time: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Number of the first line with prices, from 0. */
  readonly firstRow: number;
  readonly separator: "," | ";" | "\t";
}

/**
 * Names of the columns in common exports, in lower case without spaces and marks; the first that
 * exists is used.
 */
const NAMES = {
  time: ["unixtime", "unix", "timestamp", "opentime", "time", "datetime", "date", "snapped", "start"],
  high: ["high", "highprice", "h"],
  low: ["low", "lowprice", "l"],
  close: ["close", "closeprice", "c", "price", "priceusd", "last", "rate", "value", "usd", "weightedprice"],
} as const;

/**
 * Exports without names: by their number of columns, the columns of time, high, low, close. Price
 * lists have time and price, lists of trades also an amount; Kraken has time, open, high, low,
 * close and then volume, with vwap or without; Binance has twelve columns.
 */
const UNNAMED: Readonly<Record<number, readonly [time: number, high: number, low: number, close: number]>> = {
  2: [0, -1, -1, 1],
  3: [0, -1, -1, 1],
  5: [0, 2, 3, 4],
  6: [0, 2, 3, 4],
  7: [0, 2, 3, 4],
  8: [0, 2, 3, 4],
  12: [0, 2, 3, 4],
};

/** Lines before the names, such as the address that some sites put first. */
const LINES_BEFORE_NAMES = 3;

const plain = (cell: string): string => cell.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The cells of a line without quotes. */
export const cellsOf = (line: string, separator: string): string[] =>
  line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));

/** Recognizes the columns of a file by its first lines; null if there is no time or no price. */
export function csvLayout(lines: readonly string[]): CsvLayout | null {
  for (const [index, line] of lines.slice(0, LINES_BEFORE_NAMES).entries()) {
    const separator = ([",", ";", "\t"] as const).find((each) => line.includes(each));
    if (separator === undefined) continue;
    const cells = cellsOf(line, separator);
    const names = cells.map(plain);
    const columnOf = (known: readonly string[]): number => {
      const name = known.find((each) => names.includes(each));
      return name === undefined ? -1 : names.indexOf(name);
    };
    const [time, high, low, close] = [NAMES.time, NAMES.high, NAMES.low, NAMES.close].map(columnOf) as [
      number,
      number,
      number,
      number,
    ];
    if (time !== -1 && close !== -1) return { time, high, low, close, firstRow: index + 1, separator };
    const unnamed = UNNAMED[cells.length];
    if (unnamed !== undefined && /^\d/.test(cells[0] ?? "") && !Number.isNaN(Number(cells[unnamed[3]]))) {
      const [timeColumn, highColumn, lowColumn, closeColumn] = unnamed;
      return { time: timeColumn, high: highColumn, low: lowColumn, close: closeColumn, firstRow: index, separator };
    }
  }
  return null;
}
