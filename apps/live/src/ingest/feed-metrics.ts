import type { RejectionReason } from "@utxoracle/tx-parser";
import type { FeedTopic } from "@utxoracle/zmq-source";
import { Counter, Histogram, type Registry } from "prom-client";
import { type LabeledCounter, labeledCounter, valuesOf } from "../logging/counter.ts";

const topics = valuesOf<FeedTopic>({ rawtx: true, rawblock: true, hashblock: true, sequence: true });
const results = {
  refill: ["ok", "failed"],
  transaction: [
    "accepted",
    "repeated",
    "malformed",
    ...valuesOf<RejectionReason>({
      coinbase: true,
      too_many_inputs: true,
      not_two_outputs: true,
      op_return: true,
      large_witness: true,
      spends_window_transaction: true,
    }),
  ],
  block: ["connected", "disconnected"],
  removal: ["replaced_or_evicted"],
} as const;

type ByTopic = LabeledCounter<{ topic: typeof topics }>;

/** Counters of the feed, the filter and the ticker, incremented where the event happens. */
export interface FeedMetrics {
  /** Messages from the node, by topic. */
  readonly feedMessages: ByTopic;
  /** Messages missed, by the node's sequence numbers. */
  readonly feedMissedMessages: ByTopic;
  /** Gaps in the node's sequence numbers. */
  readonly feedGaps: ByTopic;
  /** Reconnections to the node. */
  readonly feedReconnections: Counter;
  /** Detected restarts of the node. */
  readonly nodeRestarts: Counter;
  /** Syncs of the window with the node over RPC, by result: `ok` or `failed`. */
  readonly refills: LabeledCounter<{ result: typeof results.refill }>;
  /**
   * Transactions by result: `accepted`, `repeated`, `malformed`, or the rule that rejected them.
   */
  readonly transactions: LabeledCounter<{ result: typeof results.transaction }>;
  /** Blocks connected (`connected`) and disconnected (`disconnected`). */
  readonly blocks: LabeledCounter<{ event: typeof results.block }>;
  /** Payments that left the window before they expired, by reason: `replaced_or_evicted`. */
  readonly windowRemovals: LabeledCounter<{ reason: typeof results.removal }>;
  /** Time from the start of a tick to handing its messages to the stream, s. */
  readonly tickSeconds: Histogram;
}

/** Upper bounds of the buckets, s, around the target of 1 ms. */
const TICK_BUCKETS = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5];

export function feedMetrics(registry: Registry): FeedMetrics {
  const registers = [registry];
  const byTopic = (name: string, help: string): ByTopic =>
    labeledCounter(registry, { name: `utxoracle_${name}`, help }, { topic: topics });
  const plain = (name: string, help: string): Counter => new Counter({ name: `utxoracle_${name}`, help, registers });
  return {
    feedMessages: byTopic("feed_messages_total", "Messages received from the node"),
    feedMissedMessages: byTopic("feed_missed_messages_total", "Messages from the node that were missed"),
    feedGaps: byTopic("feed_gaps_total", "Gaps in the node's sequence numbers"),
    feedReconnections: plain("feed_reconnections_total", "Reconnections to the node"),
    nodeRestarts: plain("node_restarts_total", "Detected restarts of the node"),
    refills: labeledCounter(
      registry,
      { name: "utxoracle_refills_total", help: "Syncs of the window with the node over RPC, by result" },
      { result: results.refill },
    ),
    transactions: labeledCounter(
      registry,
      { name: "utxoracle_transactions_total", help: "Transactions, by result" },
      { result: results.transaction },
    ),
    blocks: labeledCounter(
      registry,
      { name: "utxoracle_blocks_total", help: "Blocks connected and disconnected" },
      { event: results.block },
    ),
    windowRemovals: labeledCounter(
      registry,
      { name: "utxoracle_window_removals_total", help: "Payments that left the window before they expired" },
      { reason: results.removal },
    ),
    tickSeconds: new Histogram({
      name: "utxoracle_tick_seconds",
      help: "Time to create one update and pass it to the stream",
      buckets: TICK_BUCKETS,
      registers,
    }),
  };
}
