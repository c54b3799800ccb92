import type { MempoolSnapshotData } from "@utxoracle/models";

const DOLLARS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });

/** The price in words, for the page's HTML and the preview image. */
export interface PriceWords {
  /** `$113,600`; null without a price. */
  readonly price: string | null;
  /** `±0.3 % · $113,310 – $113,890 (90 % range)`, or why there is no reliable price. */
  readonly detail: string;
  /** `10 Sep 2025 20:19 UTC`: when the price was current. */
  readonly time: string;
  /** Null for prices of a node on the main chain. */
  readonly origin: string | null;
  readonly tone: "good" | "weak" | "bad";
}

/**
 * Says no more than what holds: an uncertain price is called so, and an old one has no range.
 * @param latest the last published update; null before the first
 * @param now Unix seconds
 */
export function priceWords(latest: MempoolSnapshotData | null, now: number): PriceWords {
  const price = latest?.price ?? null;
  const origin = originOf(latest);
  if (latest === null || price === null)
    return { price: null, detail: reasonOf(latest), time: minuteOf(latest?.timestamp ?? now), origin, tone: "bad" };
  const isOld = latest.status === "stale";
  const isSure = latest.status === "ok";
  const range = latest.interval === null || isOld ? [] : [rangeOf(price, latest.interval)];
  const notes = isSure ? [] : [isOld ? "the last known price, not the price now" : "low confidence"];
  return {
    price: DOLLARS.format(price),
    detail: [...range, ...notes].join(" · "),
    time: minuteOf(isOld ? (latest.price_timestamp ?? latest.timestamp) : latest.timestamp),
    origin,
    tone: isSure ? "good" : isOld ? "bad" : "weak",
  };
}

function reasonOf(latest: MempoolSnapshotData | null): string {
  if (latest === null) return "No price yet: the service is starting";
  return latest.status === "warming_up" ? "No price yet: the payments are loading" : "No price: too little evidence";
}

function originOf(latest: MempoolSnapshotData | null): string | null {
  if (latest === null) return null;
  if (latest.source === "simulation") return "simulation";
  if (latest.source === "replay") return "replay";
  return latest.chain === null || latest.chain === "main" ? null : latest.chain;
}

function rangeOf(price: number, { low, high }: { readonly low: number; readonly high: number }): string {
  const percent = (50 * (high - low)) / price;
  return `±${percent.toFixed(percent < 0.1 ? 2 : 1)} % · ${DOLLARS.format(low)} – ${DOLLARS.format(high)} (90 % range)`;
}

/** `10 Sep 2025 20:19 UTC` */
function minuteOf(unixSeconds: number): string {
  const [, day, month, year, time = ""] = new Date(unixSeconds * 1000).toUTCString().split(" ");
  return `${day} ${month} ${year} ${time.slice(0, 5)} UTC`;
}
