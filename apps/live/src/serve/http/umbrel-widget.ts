import type { MempoolSnapshotData, UmbrelWidgetResponse } from "@utxoracle/models";
import type { ServiceState } from "../../state/service-state.ts";

const NO_NUMBER = "–";

const DOLLARS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const COUNT = new Intl.NumberFormat("en-US");

const statusWords: Readonly<Record<MempoolSnapshotData["status"], string>> = {
  warming_up: "loading",
  no_estimate: "no evidence yet",
  ok: "ok",
  low_confidence: "uncertain",
  stale: "stale",
};

/**
 * The price in the format of umbrelOS' `four-stats` widget. umbrelOS shows an error unless the
 * status is 200, so a missing price is shown as text. The title marks a simulated, replayed or test
 * price.
 */
export function umbrelWidget(state: ServiceState): UmbrelWidgetResponse {
  const latest = state.latest();
  return {
    type: "four-stats",
    refresh: "5s",
    link: "",
    items: [priceItem(latest), intervalItem(latest), confidenceItem(latest), paymentsItem(latest)],
  };
}

type Item = UmbrelWidgetResponse["items"][number];

function priceItem(latest: MempoolSnapshotData | null): Item {
  const price = latest?.price ?? null;
  return {
    title: titleOf(latest),
    text: price === null ? NO_NUMBER : DOLLARS.format(price),
    subtext: statusWords[latest?.status ?? "warming_up"],
  };
}

function titleOf(latest: MempoolSnapshotData | null): string {
  if (latest === null) return "Price";
  if (latest.source !== "node") return latest.source === "simulation" ? "Simulated price" : "Replayed price";
  return latest.chain === null || latest.chain === "main" ? "Price" : `Price (${latest.chain})`;
}

function intervalItem(latest: MempoolSnapshotData | null): Item {
  const interval = latest?.interval ?? null;
  return {
    title: "90 % from",
    text: interval === null ? NO_NUMBER : DOLLARS.format(interval.low),
    subtext: interval === null ? "" : `to ${DOLLARS.format(interval.high)}`,
  };
}

function confidenceItem(latest: MempoolSnapshotData | null): Item {
  const known = latest !== null && latest.price !== null;
  return {
    title: "Confidence",
    text: known ? `${Math.floor(latest.confidence * 100)} %` : NO_NUMBER,
    subtext: "",
  };
}

function paymentsItem(latest: MempoolSnapshotData | null): Item {
  return {
    title: "Payments",
    text: latest === null ? NO_NUMBER : COUNT.format(latest.stats.active_in_window),
    subtext: latest === null ? "" : `in ${Math.round(latest.window_seconds / 360) / 10} h`,
  };
}
