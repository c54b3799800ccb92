import type { FeedEvent, SilenceVerdict } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import type { FeedMetrics } from "./feed-metrics.ts";
import { gapMessage } from "./gap-message.ts";
import type { SyncRequests } from "./sync-requests.ts";

/** Gaps are logged at most once in this time, ms. The metrics count each. */
const REPEAT_PERIOD_MS = 10_000;
/** A continuing silence is logged at most once in this time, ms. */
const SILENCE_PERIOD_MS = 3_600_000;

/** Silences of a feed that has failed, as opposed to a quiet node. */
export type LostFeed = Extract<SilenceVerdict, "feed_dead" | "node_unreachable">;

/** Logs and counts events of the feed. Requests a sync if messages may be lost. */
export class FeedEvents {
  readonly #log: Logger;
  readonly #metrics: FeedMetrics;
  readonly #sync: SyncRequests;
  readonly #repeats = new RepeatFilter(REPEAT_PERIOD_MS, () => performance.now());
  readonly #silences = new RepeatFilter(SILENCE_PERIOD_MS, () => performance.now());
  #silence: LostFeed | null = null;
  #isSilenceUnexplained = false;

  readonly #situation: { readonly hasRpc: boolean; readonly ownPause: () => number | null };

  /**
   * @param situation decides an event's cause and remedy: `ownPause` is a recent pause of this
   * process, seconds.
   */
  constructor(
    log: Logger,
    metrics: FeedMetrics,
    sync: SyncRequests,
    situation: { readonly hasRpc: boolean; readonly ownPause: () => number | null },
  ) {
    this.#log = log;
    this.#metrics = metrics;
    this.#sync = sync;
    this.#situation = situation;
  }

  /** No message arrives although the node has news, or RPC fails too; null otherwise. */
  get silence(): LostFeed | null {
    return this.#silence;
  }

  /** No message arrives, and without RPC it is unknown whether the node is quiet or gone. */
  get isSilenceUnexplained(): boolean {
    return this.#isSilenceUnexplained;
  }

  readonly onEvent = (event: FeedEvent): void => {
    switch (event.type) {
      case "connected":
        this.#log.info({ endpoint: event.endpoint, topics: event.topics }, "connected to node");
        if (event.reconnections > 0) this.#metrics.feedReconnections.inc();
        // Also for the first connection: a sync may have run before the feed was connected.
        this.#sync.requestFullSync(event.reconnections > 0 ? "reconnected" : "connected");
        break;
      case "disconnected":
        this.#log.warn({ endpoint: event.endpoint, topics: event.topics }, "connection to node lost; reconnecting");
        break;
      case "connect_failed":
        this.#log.warn({ endpoint: event.endpoint, topics: event.topics, problem: event.problem }, event.message);
        break;
      case "gap":
        this.#metrics.feedGaps.inc({ topic: event.topic });
        this.#metrics.feedMissedMessages.inc({ topic: event.topic }, event.missed);
        this.#warn(
          `gap of ${event.topic}`,
          { topic: event.topic, missed: event.missed, ...this.#pauseField() },
          gapMessage(event.topic, this.#situation.ownPause()),
        );
        this.#sync.requestSync("messages_missed");
        break;
      case "node_restarted":
        this.#metrics.nodeRestarts.inc();
        this.#log.warn({ topic: event.topic, missed: event.missed }, "node restarted");
        this.#sync.requestFullSync("node_restarted");
        break;
      case "slow_consumer":
        this.#warn(
          `slow ${event.phase}`,
          { phase: event.phase, dropped: event.dropped },
          event.phase === "dropping"
            ? `feed queue full; messages dropped and ${this.#situation.hasRpc ? "fetched over RPC" : "lost (no RPC)"}: give this program more CPU`
            : "feed queue drained",
        );
        this.#sync.requestSync("messages_dropped");
        break;
      case "invalid_frame":
        this.#warn(
          "invalid frame",
          { endpoint: event.endpoint, problem: event.problem, count: event.count },
          "received an invalid ZMQ message: check that the endpoint belongs to the node",
        );
        break;
      case "silence":
        this.#silence = event.verdict === "node_unreachable" || event.verdict === "feed_dead" ? event.verdict : null;
        this.#isSilenceUnexplained = event.verdict === "unknown";
        this.#logSilence(event);
        break;
      case "silence_ended":
        this.#silence = null;
        this.#isSilenceUnexplained = false;
        this.#log.info("receiving messages again");
        break;
    }
  };

  #logSilence(event: Extract<FeedEvent, { type: "silence" }>): void {
    const suppressed = this.#silences.admit(event.verdict);
    if (suppressed === null) return;
    this.#log[this.#silence === null ? "info" : "warn"](
      {
        endpoints: event.endpoints,
        silent_seconds: Math.round(event.silentSeconds),
        verdict: event.verdict,
        ...(event.cause instanceof Error ? { cause: event.cause.message } : {}),
      },
      SILENCE_SENTENCES[event.verdict],
    );
  }

  #pauseField(): { readonly paused_seconds?: number } {
    const seconds = this.#situation.ownPause();
    return seconds === null ? {} : { paused_seconds: Math.round(seconds) };
  }

  #warn(kind: string, fields: object, message: string): void {
    const suppressed = this.#repeats.admit(kind);
    if (suppressed === null) return;
    this.#log.warn({ ...fields, ...(suppressed > 0 ? { also_since_last_line: suppressed } : {}) }, message);
  }
}

const SILENCE_SENTENCES = {
  quiet: "no messages for a while; the node has no new transactions",
  feed_dead:
    "no messages although the node has new transactions; reconnecting: check that the addresses are those of zmqpubrawtx and zmqpubsequence",
  node_unreachable: "no messages for a while, and RPC fails: check that the node is running",
  unknown: "no messages for a while; without RPC it is unknown whether the node is quiet or gone",
} as const;
