import { formatCount, formatRange, formatUsd } from "@utxoracle/viz";

/**
 * A price published some time ago, with the outputs since then that are round amounts at either
 * price.
 */
export interface PriceMove {
  /** Unix seconds. */
  readonly since: number;
  readonly price: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Null if both prices are too near to tell their outputs apart. */
  readonly outputs_now: number | null;
  readonly outputs_then: number | null;
}

const isUsd = (value: unknown): value is number => Number.isFinite(value) && (value as number) > 0;
const isCount = (value: unknown): boolean => value === null || (Number.isSafeInteger(value) && (value as number) >= 0);

function isMove(value: unknown): value is PriceMove {
  if (typeof value !== "object" || value === null) return false;
  const { since, price, interval, outputs_now, outputs_then } = value as Record<keyof PriceMove, unknown>;
  const { low, high } = (interval ?? {}) as { low?: unknown; high?: unknown };
  const isRange = interval === null || (isUsd(low) && isUsd(high) && low <= high);
  return isUsd(since) && isUsd(price) && isRange && isCount(outputs_now) && isCount(outputs_then);
}

/** The `changes` in a response of `api/v1/evidence`, without invalid ones. */
export function readMoves(response: unknown): PriceMove[] {
  const { changes } = (response ?? {}) as { changes?: unknown };
  return Array.isArray(changes) ? changes.filter(isMove).slice(0, 10) : [];
}

/**
 * `10 minutes ago: $87,600 · ±0.5 % · …. Now 0.31 % lower: less than the error bar, so it may be chance.`
 * @param price now
 * @param now Unix seconds
 */
export function moveText(move: PriceMove, price: number, now: number): string {
  const minutes = Math.round((now - move.since) / 60);
  const ago =
    minutes >= 60
      ? `${Math.round(minutes / 60) === 1 ? "1 hour" : `${Math.round(minutes / 60)} hours`}`
      : `${minutes} minutes`;
  const { interval, outputs_now: fitNow, outputs_then: fitThen } = move;
  const range = interval === null ? "" : ` ${formatRange(move.price, interval)}`;
  const percent = 100 * (price / move.price - 1);
  const change = `${Math.abs(percent).toFixed(2)} % ${percent < 0 ? "lower" : "higher"}`;
  const isWithin = interval !== null && price >= interval.low && price <= interval.high;
  const meaning = isWithin ? "within that error bar, so it may be chance" : "outside that error bar: it moved";
  const outputs =
    fitNow === null || fitThen === null
      ? ""
      : ` Of the outputs since then, ${formatCount(fitNow)} are round amounts at the price now, ${formatCount(fitThen)} at the one before.`;
  return `${ago} ago: ${formatUsd(move.price)}${range}. Now ${change}${interval === null ? "" : `, ${meaning}`}.${outputs}`;
}
