import { type EstimateStatus, EstimateStatusSchema, type MempoolSnapshotData } from "@utxoracle/models";
import { Counter, Gauge, type Registry } from "prom-client";
import type { ServiceState } from "../../state/service-state.ts";
import { ageOf } from "../http/confirmed-answer.ts";
import { priceAnswer } from "../http/shown-price.ts";

const statuses: readonly EstimateStatus[] = EstimateStatusSchema.anyOf.map((member) => member.const);

/**
 * Gauges of the price and the node, read from the state at every scrape. Unknown values have no
 * sample.
 */
export function registerPriceMetrics(registry: Registry, state: ServiceState): void {
  const gauge = (name: string, help: string, read: () => number | null | undefined): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read();
        this.remove();
        if (value !== null && value !== undefined) this.set(value);
      },
    });
  };
  const latest = (): MempoolSnapshotData | null => state.latest();

  gauge("utxoracle_price_usd", "Live price, US dollars per bitcoin", () => latest()?.price);
  gauge("utxoracle_price_low_usd", "Lower bound of the 90 % interval", () => latest()?.interval?.low);
  gauge("utxoracle_price_high_usd", "Upper bound of the 90 % interval", () => latest()?.interval?.high);
  gauge("utxoracle_confidence", "Confidence in the live price, 0 to 1", () => latest()?.confidence);
  gauge(
    "utxoracle_price_age_seconds",
    "Age of the newest payment behind the price",
    () => priceAnswer(state)?.age_seconds,
  );
  gauge("utxoracle_confirmed_price_usd", "Price of the last blocks", () => state.confirmed()?.price);
  gauge("utxoracle_confirmed_price_age_seconds", "Age of the newest block behind the price of the last blocks", () =>
    ageOf(state, state.confirmed()?.block_timestamp ?? null),
  );
  gauge("utxoracle_confirmed_144_blocks_price_usd", "Price of the last 144 blocks", () => {
    return state.confirmedWindows().lastBlocks?.price;
  });
  gauge("utxoracle_confirmed_day_price_usd", "Price of the last whole UTC day", () => {
    return state.confirmedWindows().lastDay?.price;
  });
  gauge("utxoracle_live_to_confirmed_distance_ratio", "Live price divided by confirmed price, minus 1", () => {
    const live = latest()?.price ?? null;
    const confirmed = state.confirmed()?.price ?? null;
    return live === null || confirmed === null ? null : live / confirmed - 1;
  });
  gauge("utxoracle_ready", "1 if the service is ready, else 0", () => (state.readinessReasons().length === 0 ? 1 : 0));
  gauge("utxoracle_window_transactions", "Payments held in the window", () => latest()?.stats.active_in_window);
  gauge("utxoracle_window_seconds", "Length of the window", () => latest()?.window_seconds);
  gauge("utxoracle_uptime_seconds", "Time since the service started", () => latest()?.stats.uptime_seconds);
  gauge("utxoracle_node_connected", "1 if connected to the node's ZMQ feed, else 0", () => {
    const connected = latest()?.node.connected ?? null;
    return connected === null ? null : Number(connected);
  });
  gauge("utxoracle_node_last_message_age_seconds", "Time since the node's last message", () => {
    return latest()?.node.last_message_age;
  });
  gauge("utxoracle_node_height", "Height of the node's chain", () => latest()?.node.height);
  gauge("utxoracle_node_last_block_timestamp_seconds", "Time of the node's last block", () => {
    return latest()?.node.last_block_timestamp;
  });

  new Gauge({
    name: "utxoracle_status",
    help: "1 for the current status, 0 for the others",
    labelNames: ["status"],
    registers: [registry],
    collect() {
      const current = latest()?.status;
      for (const status of statuses) this.set({ status }, Number(status === current));
    },
  });
  new Gauge({
    name: "utxoracle_info",
    help: "Source, chain and engine of the service",
    labelNames: ["source", "chain", "engine"],
    registers: [registry],
    collect() {
      this.reset();
      const tick = latest();
      if (tick !== null) this.set({ source: tick.source, chain: tick.chain ?? "unknown", engine: tick.engine }, 1);
    },
  });
  gauge("utxoracle_window_removed_transactions", "Payments that were replaced or evicted and have not returned", () => {
    return state.windowCounts()?.removed;
  });
  gauge(
    "utxoracle_window_remembered_ids",
    "Ids kept beyond the window, so that a block does not add them again",
    () => {
      return state.windowCounts()?.remembered;
    },
  );
  counter(
    registry,
    "utxoracle_window_forgotten_ids_total",
    "Ids dropped because the budget for remembered ids was full",
    () => {
      return state.windowCounts()?.forgotten;
    },
  );
  counter(
    registry,
    "utxoracle_window_displaced_total",
    "Transactions removed early because the window was full",
    () => {
      return state.windowCounts()?.displaced;
    },
  );
  counter(
    registry,
    "utxoracle_transactions_expired_total",
    "Payments that left the window because of their age",
    () => {
      return state.windowCounts()?.expired;
    },
  );
  counter(registry, "utxoracle_transactions_received_total", "Distinct transactions received", () => {
    return latest()?.stats.total_received;
  });
  counter(registry, "utxoracle_transactions_filtered_total", "Transactions rejected by the payment filter", () => {
    return latest()?.stats.total_filtered;
  });
}

/** A counter with its value from `read`. */
function counter(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read() ?? 0);
    },
  });
}
