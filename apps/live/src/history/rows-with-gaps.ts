import type { HistoryRange, HistoryRow } from "../state/history-rows.ts";

const HOUR_SECONDS = 3600;

const isConfirmed = ({ status }: HistoryRow): boolean => status === "confirmed";

/** Longest time after a row in which its price still counts, seconds. */
function reach(row: HistoryRow, stepSeconds: number): number {
  return isConfirmed(row) ? HOUR_SECONDS / 2 : stepSeconds;
}

/**
 * Merges published rows with confirmed hours, for the hours without a published price. A row of
 * status `missing` starts each time without either.
 */
export function rowsWithGaps(
  published: readonly HistoryRow[],
  hours: readonly HistoryRow[],
  { step, to }: Pick<HistoryRange, "step" | "to">,
): HistoryRow[] {
  const rows = merged(published, hours);
  const result: HistoryRow[] = [];
  for (const [index, row] of rows.entries()) {
    result.push(row);
    const next = rows[index + 1];
    const isLoose = isConfirmed(row) || (next !== undefined && isConfirmed(next));
    // A row stands for its whole step, so neighbors may be almost two steps apart.
    const allowed = isLoose ? 2 * HOUR_SECONDS : 2 * step;
    const gapStart = row.time + reach(row, step);
    if ((next?.time ?? to) - row.time > allowed && gapStart < (next?.time ?? to + 1))
      result.push({ time: gapStart, price: null, low: null, high: null, status: "missing" });
  }
  return result;
}

/** Both lists in one, without confirmed hours in which a price was published. */
function merged(published: readonly HistoryRow[], hours: readonly HistoryRow[]): HistoryRow[] {
  const hourOf = ({ time }: HistoryRow): number => Math.floor(time / HOUR_SECONDS);
  const publishedHours = new Set(published.filter(({ price }) => price !== null).map(hourOf));
  const confirmed = hours.filter((hour) => !publishedHours.has(hourOf(hour)));
  const confirmedHours = new Set(confirmed.map(hourOf));
  const rest = published.filter((row) => !confirmedHours.has(hourOf(row)));
  return [...rest, ...confirmed].sort((a, b) => a.time - b.time);
}
