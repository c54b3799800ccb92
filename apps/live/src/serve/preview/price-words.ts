import type { EstimateStatus, MempoolSnapshotData } from "@utxoracle/models";
import { isCurrent } from "../../state/status.ts";

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

/** Each status in words; null: nothing to add to the price. */
const statuses: Readonly<Record<EstimateStatus, Pick<PriceWords, "tone"> & { readonly note: string | null }>> = {
  warming_up: { tone: "bad", note: "No price yet: the payments are loading" },
  no_estimate: { tone: "bad", note: "No price: too little evidence" },
  ok: { tone: "good", note: null },
  low_confidence: { tone: "weak", note: "low confidence" },
  stale: { tone: "bad", note: "the last known price, not the price now" },
};

/**
 * Says no more than what holds: an uncertain price is called so, and an old one has no range.
 * @param latest the last published update; null before the first
 * @param now Unix seconds
 */
export function priceWords(latest: MempoolSnapshotData | null, now: number): PriceWords {
  const origin = originOf(latest);
  if (latest === null)
    return { price: null, detail: "No price yet: the service is starting", time: minuteOf(now), origin, tone: "bad" };
  const { price, interval, status, timestamp, price_timestamp } = latest;
  const { tone, note } = statuses[status];
  const range = price === null || interval === null || !isCurrent(status) ? null : rangeOf(price, interval);
  return {
    price: price === null ? null : DOLLARS.format(price),
    detail: [range, note].filter((text) => text !== null).join(" · "),
    time: minuteOf(isCurrent(status) ? timestamp : (price_timestamp ?? timestamp)),
    origin,
    tone,
  };
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
