/** A visible part of the price history, Unix seconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Moves and shrinks a range into the bounds. Its length is between `shortest` and that of the
 * bounds.
 */
export function fitted({ start, end }: TimeRange, bounds: TimeRange, shortest: number): TimeRange {
  const whole = bounds.end - bounds.start;
  const length = Math.min(whole, Math.max(Math.min(shortest, whole), end - start));
  const middle = (start + end) / 2;
  const from = Math.min(bounds.end - length, Math.max(bounds.start, middle - length / 2));
  return { start: from, end: from + length };
}

/**
 * Zooms a range.
 * @param factor below 1: in; above 1: out.
 * @param anchor the time that stays at its place.
 */
export function zoomed(
  range: TimeRange,
  factor: number,
  anchor: number,
  bounds: TimeRange,
  shortest: number,
): TimeRange {
  const length = Math.min(bounds.end - bounds.start, Math.max(shortest, (range.end - range.start) * factor));
  const share = (anchor - range.start) / (range.end - range.start);
  const start = anchor - share * length;
  return fitted({ start, end: start + length }, bounds, shortest);
}

/** Moves a range by seconds; it stops at the bounds. */
export function panned({ start, end }: TimeRange, seconds: number, bounds: TimeRange, shortest: number): TimeRange {
  return fitted({ start: start + seconds, end: end + seconds }, bounds, shortest);
}
