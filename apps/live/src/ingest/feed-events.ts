import type { FeedEvent, SilenceVerdict } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import type { FeedMetrics } from "./feed-metrics.ts";
import { gapMessage } from "./gap-message.ts";
import type { SyncRequests } from "./sync-requests.ts";

/** A burst of gaps is logged once in this time, ms; the metrics count each. */
const REPEAT_PERIOD_MS = 10_000;
/** A silence that lasts for days is logged once in this time, ms. */
const SILENCE_PERIOD_MS = 3_600_000;

/** Silences that are not merely a quiet node. */
export type LostFeed = Extract<SilenceVerdict, "feed_dead" | "node_unreachable">;

/** Logs and counts events of the feed, and requests a sync where messages may be lost. */
export class FeedEvents {
  readonly #log: Logger;
  readonly #metrics: FeedMetrics;
  readonly #sync: SyncRequests;
  readonly #repeats = new RepeatFilter(REPEAT_PERIOD_MS, () => performance.now());
  readonly #silences = new RepeatFilter(SILENCE_PERIOD_MS, () => performance.now());
  #silence: LostFeed | null = null;
  #isSilenceUnexplained = false;

  readonly #situation: { readonly hasRpc: boolean; readonly ownPause: () => number | null };

  /** @param situation what decides an event's cause and remedy: RPC, and recent pauses of this process, seconds. */
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

  /** Nothing arrives although the node moved on, or the node cannot be asked; null otherwise. */
  get silence(): LostFeed | null {
    return this.#silence;
  }

  /** Nothing arrives, and without RPC it cannot be known whether the node is quiet or gone. */
  get isSilenceUnexplained(): boolean {
    return this.#isSilenceUnexplained;
  }

  readonly onEvent = (event: FeedEvent): void => {
    switch (event.type) {
      case "connected":
        this.#log.info({ endpoint: event.endpoint, topics: event.topics }, "connected to the node");
        if (event.reconnections > 0) this.#metrics.feedReconnections.inc();
        // Also the first time: RPC may have failed before, or been read before the feed began.
        this.#sync.requestFullSync(event.reconnections > 0 ? "reconnected" : "connected");
        break;
      case "disconnected":
        this.#log.warn({ endpoint: event.endpoint, topics: event.topics }, "connection to the node lost; reconnecting");
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
        this.#log.warn({ topic: event.topic, missed: event.missed }, "the node was restarted");
        this.#sync.requestFullSync("node_restarted");
        break;
      case "slow_consumer":
        this.#warn(
          `slow ${event.phase}`,
          { phase: event.phase, dropped: event.dropped },
          event.phase === "dropping"
            ? `the service falls behind the node: messages are dropped here and ${this.#situation.hasRpc ? "fetched over RPC" : "lost, since there is no RPC to fetch them"}; give it more CPU`
            : "the service keeps up with the node again",
        );
        this.#sync.requestSync("messages_dropped");
        break;
      case "invalid_frame":
        this.#warn(
          "invalid frame",
          { endpoint: event.endpoint, problem: event.problem, count: event.count },
          "what came is no message of a node: is the endpoint that of another program?",
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
        this.#log.info("messages come again");
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
  quiet: "nothing has come for a while; the node has nothing new either",
  feed_dead:
    "the node moved on but nothing came: connecting anew; check that these addresses are those of zmqpubrawtx and zmqpubsequence",
  node_unreachable: "nothing has come for a while, and the node cannot be asked over RPC: is it running?",
  unknown: "nothing has come for a while; without RPC it cannot be told whether the node is quiet or gone",
} as const;
