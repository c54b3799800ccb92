import { Counter, Histogram, type Registry } from "prom-client";

/** What only the feed, the filter and the ticker can count; they do it where it happens. */
export interface FeedMetrics {
  /** Messages of the node, by topic. */
  readonly feedMessages: Counter<"topic">;
  /** Messages that the counters say were never received. */
  readonly feedMissedMessages: Counter<"topic">;
  /** Gaps found in the counters. */
  readonly feedGaps: Counter<"topic">;
  /** Connections to the node made anew. */
  readonly feedReconnections: Counter;
  /** Restarts of the node noticed. */
  readonly nodeRestarts: Counter;
  /** Refills of the window over RPC, by result: `ok` or `failed`. */
  readonly refills: Counter<"result">;
  /** Transactions by what became of them: `accepted`, `repeated`, `malformed`, or the rule that rejected them. */
  readonly transactions: Counter<"result">;
  /** Blocks connected (`connected`) and disconnected (`disconnected`). */
  readonly blocks: Counter<"event">;
  /** Payments that left the window before their time, by reason: `replaced_or_evicted`. */
  readonly windowRemovals: Counter<"reason">;
  /** Time from the begin of a tick to its messages being handed to the stream, s. */
  readonly tickSeconds: Histogram;
}

/** Upper ends, s, around the figure aimed at: under 1 ms. */
const TICK_BUCKETS = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5];

export function feedMetrics(registry: Registry): FeedMetrics {
  const registers = [registry];
  const byLabel = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name: `utxoracle_${name}`, help, labelNames, registers });
  const seconds = (name: string, help: string): Histogram =>
    new Histogram({ name: `utxoracle_${name}`, help, buckets: TICK_BUCKETS, registers });
  return {
    feedMessages: byLabel("feed_messages_total", "Messages received from the node", "topic"),
    feedMissedMessages: byLabel("feed_missed_messages_total", "Messages of the node never received", "topic"),
    feedGaps: byLabel("feed_gaps_total", "Gaps in the node's message counters", "topic"),
    feedReconnections: byLabel("feed_reconnections_total", "Connections to the node made anew"),
    nodeRestarts: byLabel("node_restarts_total", "Restarts of the node noticed"),
    refills: byLabel("refills_total", "Refills of the window over RPC", "result"),
    transactions: byLabel("transactions_total", "Transactions by what became of them", "result"),
    blocks: byLabel("blocks_total", "Blocks connected and disconnected", "event"),
    windowRemovals: byLabel("window_removals_total", "Payments that left the window before their time", "reason"),
    tickSeconds: seconds("tick_seconds", "Time to make and hand over one update"),
  };
}
