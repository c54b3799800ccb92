import { checkNumber, checkObject } from "./argument.ts";

const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `$113,600`; with cents below $1,000, where whole dollars are coarser than the estimate. */
export function formatUsd(usd: number): string {
  checkNumber(usd, "usd");
  return `$${(Math.abs(usd) < 1000 ? cents : wholeNumber).format(usd)}`;
}

/** `97 %`; at most `> 99 %`, because no estimate is certain. */
export function formatConfidence(confidence: number): string {
  checkNumber(confidence, "confidence");
  return confidence > 0.99 ? "> 99 %" : `${Math.round(confidence * 100)} %`;
}

/** A price's 90 % interval: `±0.7 % · $86,900 – $88,132 (90 % range)`. */
export function formatRange(price: number, interval: { low: number; high: number }): string {
  checkNumber(price, "price");
  checkObject(interval, "interval", "{ low, high }");
  const { low, high } = interval;
  const percent = (50 * (high - low)) / price;
  return `±${percent.toFixed(percent < 0.1 ? 2 : 1)} % · ${formatUsd(low)} – ${formatUsd(high)} (90 % range)`;
}

/** Distance of a price from another: `0.20 % above`, `0.05 % below`. */
export function formatDistance(price: number, from: number): string {
  checkNumber(price, "price");
  checkNumber(from, "from");
  const percent = 100 * (price / from - 1);
  return `${Math.abs(percent).toFixed(2)} % ${percent < 0 ? "below" : "above"}`;
}

/** `12,543` */
export function formatCount(count: number): string {
  checkNumber(count, "count");
  return wholeNumber.format(count);
}

/** `0.00088106 BTC`, eight decimals. */
export function formatBtc(amountBtc: number): string {
  checkNumber(amountBtc, "amountBtc");
  return `${amountBtc.toFixed(8)} BTC`;
}

/** Price on the axis: `119k`, `113.5k`, `850`. `step` is the distance between labels. */
export function formatAxisPrice(usd: number, step: number): string {
  if (usd < 10_000) return step < 1 ? usd.toFixed(2) : wholeNumber.format(usd);
  const decimals = Math.min(2, Math.max(0, Math.ceil(-Math.log10(step / 1000) - 1e-9)));
  return `${(usd / 1000).toFixed(decimals)}k`;
}

/** `2d 03h`, `1h 02m`, `12m 05s`, `45s` */
export function formatDuration(seconds: number): string {
  checkNumber(seconds, "seconds");
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
  if (hours > 0) return `${hours}h ${two(minutes % 60)}m`;
  if (minutes > 0) return `${minutes}m ${two(whole % 60)}s`;
  return `${whole}s`;
}

/** `3min`, as in "Last Block: 3min"; from one hour on `1h 02m`. */
export function formatBlockAge(seconds: number): string {
  return seconds < 3600 ? `${Math.max(0, Math.floor(seconds / 60))}min` : formatDuration(seconds);
}

/** Shown for a time outside the range of dates. */
const NO_TIME = "—";

/** The moment as a `Date`, null if it is out of range: a stream may send any number. */
function dateOf(unixSeconds: number): Date | null {
  checkNumber(unixSeconds, "unixSeconds");
  const date = new Date(unixSeconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** `20:19:46 UTC`, or `20:19 UTC` without seconds. */
export function formatUtc(unixSeconds: number, withSeconds = true): string {
  return `${isoTime(unixSeconds, withSeconds)} UTC`;
}

/** `20:19` or `20:19:46`, UTC. */
export function isoTime(unixSeconds: number, withSeconds: boolean): string {
  const time = dateOf(unixSeconds)?.toISOString().split("T")[1];
  return time?.slice(0, withSeconds ? 8 : 5) ?? NO_TIME;
}

/** `10 Sep 2025`, UTC. */
export function formatUtcDate(unixSeconds: number): string {
  const [, day, month, year] = dateOf(unixSeconds)?.toUTCString().split(" ") ?? [];
  return year === undefined ? NO_TIME : `${day} ${month} ${year}`;
}

let localTime: Intl.DateTimeFormat | null = null;

/** `16:19:46 EST`: the user's local time. */
export function formatLocal(unixSeconds: number): string {
  const date = dateOf(unixSeconds);
  if (date === null) return NO_TIME;
  localTime ??= new Intl.DateTimeFormat("en-US", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  return localTime.format(date);
}
