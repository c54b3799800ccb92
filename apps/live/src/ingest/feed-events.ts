import type { FeedEvent, FeedTopic, SilenceVerdict } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { logLine, suppressedField } from "../logging/log-line.ts";
import type { LogMessage } from "../logging/log-messages.ts";
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
        logLine(this.#log, "connected to node", { endpoint: event.endpoint, topics: event.topics });
        if (event.reconnections > 0) this.#metrics.feedReconnections.inc();
        // Also for the first connection: a sync may have run before the feed was connected.
        this.#sync.requestFullSync(event.reconnections > 0 ? "reconnected" : "connected");
        break;
      case "disconnected":
        logLine(this.#log, "connection to node lost; reconnecting", {
          endpoint: event.endpoint,
          topics: event.topics,
        });
        break;
      case "connect_failed":
        logLine(
          this.#log,
          "not connected to node",
          { endpoint: event.endpoint, topics: event.topics, problem: event.problem },
          event.message,
        );
        break;
      case "gap":
        this.#metrics.feedGaps.inc({ topic: event.topic });
        this.#metrics.feedMissedMessages.inc({ topic: event.topic }, event.missed);
        this.#logGap(event.topic, event.missed);
        this.#sync.requestSync("messages_missed");
        break;
      case "node_restarted":
        this.#metrics.nodeRestarts.inc();
        logLine(this.#log, "node restarted", { topic: event.topic, missed: event.missed });
        this.#sync.requestFullSync("node_restarted");
        break;
      case "slow_consumer":
        this.#logSlowness(event.phase === "dropping", event.dropped);
        this.#sync.requestSync("messages_dropped");
        break;
      case "invalid_frame":
        this.#logRarely("invalid frame", "received an invalid ZMQ message", {
          endpoint: event.endpoint,
          problem: event.problem,
          count: event.count,
        });
        break;
      case "silence":
        this.#silence = event.verdict === "node_unreachable" || event.verdict === "feed_dead" ? event.verdict : null;
        this.#isSilenceUnexplained = event.verdict === "unknown";
        this.#logSilence(event);
        break;
      case "silence_ended":
        this.#silence = null;
        this.#isSilenceUnexplained = false;
        logLine(this.#log, "receiving messages again");
        break;
      default:
        event satisfies never;
    }
  };

  #logSilence(event: Extract<FeedEvent, { type: "silence" }>): void {
    const suppressed = this.#silences.admit(event.verdict);
    if (suppressed === null) return;
    logLine(this.#log, SILENCE_MESSAGES[event.verdict], {
      endpoints: event.endpoints,
      silent_seconds: Math.round(event.silentSeconds),
      verdict: event.verdict,
      ...(event.cause instanceof Error ? { cause: event.cause.message } : {}),
    });
  }

  #logGap(topic: FeedTopic, missed: number): void {
    const paused = this.#situation.ownPause();
    const { message, remedy } = gapMessage(topic, paused);
    const pauseField = paused === null ? {} : { paused_seconds: Math.round(paused) };
    this.#logRarely(`gap of ${topic}`, message, { topic, missed, ...pauseField }, remedy);
  }

  #logSlowness(isDropping: boolean, dropped: Readonly<Record<FeedTopic, number>>): void {
    if (!isDropping) {
      this.#logRarely("drained", "feed queue drained", { dropped });
      return;
    }
    const effect = this.#situation.hasRpc ? "fetched over RPC" : "lost, because there is no RPC";
    this.#logRarely("full", "feed queue full; messages dropped", { dropped }, `${effect}; give this program more CPU`);
  }

  #logRarely(kind: string, message: LogMessage, fields: object, detail?: string): void {
    const suppressed = this.#repeats.admit(kind);
    if (suppressed !== null) logLine(this.#log, message, { ...fields, ...suppressedField(suppressed) }, detail);
  }
}

const SILENCE_MESSAGES = {
  quiet: "no messages; the node has no news",
  feed_dead: "no messages although the node has news; reconnecting",
  node_unreachable: "no messages, and RPC fails",
  unknown: "no messages, cause unknown without RPC",
} as const satisfies Record<SilenceVerdict, LogMessage>;
