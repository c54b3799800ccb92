import { setImmediate as nextTurn } from "node:timers/promises";
import type { NodeState } from "@utxoracle/models";
import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import type { FeedMessage, FeedTopic, NodeFeed as ZmqFeed } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { budgets } from "../config/budgets.ts";
import { feedBudgets } from "../config/feed-budgets.ts";
import { ArrivalGate } from "../ingest/arrival-gate.ts";
import type { Feed, FeedState, ResyncWindow } from "../ingest/feed.ts";
import { FeedEvents } from "../ingest/feed-events.ts";
import type { FeedMetrics } from "../ingest/feed-metrics.ts";
import { openZmq } from "../ingest/open-zmq.ts";
import { BEAT_MS, OwnPauses } from "../ingest/own-pauses.ts";
import { deliver } from "../ingest/replay-feed.ts";
import { SequenceWatch } from "../ingest/sequence-watch.ts";
import { type MachineClocks, machineClocks, SteadyClock } from "../ingest/steady-clock.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { type FeedSituation, isDeaf, noticesOf, reasonsOf } from "./feed-health.ts";
import { ResyncLoop } from "./resync-loop.ts";

/** What the service hands to whoever opens its feed. */
export interface NodeFeedParts {
  readonly windowSeconds: number;
  /** How far back blocks are wanted, seconds. */
  readonly blockSeconds: number;
  readonly metrics: FeedMetrics;
}

export interface NodeFeedOptions extends NodeFeedParts {
  readonly source: "node" | "simulation";
  /** Address of each topic; `rawtx` is the one that cannot be missing. */
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** Null: work from ZMQ alone. */
  readonly node: NodeRpc | null;
  /** The only chain that is accepted; null: any. */
  readonly chain: string | null;
  readonly log: Logger;
  /** Default the machine's. */
  readonly clocks?: MachineClocks;
}

/** Nothing for so long makes the feed ask the node, seconds. */
const SILENCE_SECONDS = 60;
/** A block whose header is that old when it comes was not found just now: the node catches up. Miners' clocks are off by less. */
const LATE_BLOCK_SECONDS = 7200;

/** How long a full queue may keep timers and readers waiting. */
const TURN_MS = 10;

/** A node's feed over ZMQ, kept equal to the node over RPC. */
export class NodeFeed implements Feed {
  readonly source: "node" | "simulation";
  readonly #options: NodeFeedOptions;
  readonly #events: FeedEvents;
  #pauses: OwnPauses | null = null;
  readonly #clock: SteadyClock;
  #sink: ResyncWindow | null = null;
  #zmq: ZmqFeed | null = null;
  #resyncLoop: ResyncLoop | null = null;
  #gate: ArrivalGate | null = null;
  readonly #sequence = new SequenceWatch();

  constructor(options: NodeFeedOptions) {
    this.source = options.source;
    this.#options = options;
    this.#clock = new SteadyClock(options.clocks ?? machineClocks, (seconds) => this.#clockWasSet(seconds));
    this.#events = new FeedEvents(
      options.log,
      options.metrics,
      {
        request: (why) => this.#resyncLoop?.request(why),
        requestAnew: (why) => {
          if (this.#resyncLoop === null) return;
          this.#gate?.doubt();
          this.#resyncLoop.requestAnew(why);
        },
      },
      { hasRpc: options.node !== null, ownPause: () => this.#pauses?.recent ?? null },
    );
  }

  get node(): NodeRpc | null {
    return this.#options.node;
  }

  now(): number {
    return this.#clock.now();
  }

  checkClock(): void {
    this.#clock.checkStep();
  }

  state(): FeedState {
    const situation = this.#situation();
    const { status, resync, silence } = situation;
    const rawtx = status?.endpoints.find((endpoint) => endpoint.topics.includes("rawtx"));
    const connected = rawtx?.connected ?? false;
    const last = status?.lastMessageTimestamp ?? null;
    const node: NodeState = {
      connected,
      last_message_age: last === null ? null : Math.max(0, this.#clock.steady() - last),
      missed_messages: status === null ? 0 : Object.values(status.missed).reduce((sum, count) => sum + count, 0),
      resyncing: resync?.doubted ?? false,
      height: resync?.height ?? null,
      last_block_timestamp: null,
    };
    return {
      node,
      // Until the node has said it, what the settings say: a node of another chain is refused.
      chain: resync?.chain ?? this.#options.chain,
      loading: resync === null ? last === null : !resync.settled,
      lost:
        !connected ||
        silence !== null ||
        isDeaf(resync) ||
        (resync?.unfit ?? false) ||
        (resync?.refill ?? null) !== null,
      reasons: reasonsOf(situation),
      notices: noticesOf(situation),
    };
  }

  /** Whether a look at the node is under way or due, be it the one that every block asks for. */
  get isLooking(): boolean {
    return this.#resyncLoop?.state().running ?? false;
  }

  #situation(): FeedSituation {
    return {
      endpoints: this.#options.endpoints,
      chain: this.#options.chain,
      status: this.#zmq?.status() ?? null,
      resync: this.#resyncLoop?.state() ?? null,
      silence: this.#events.silence,
      isSilenceUnexplained: this.#events.isSilenceUnexplained,
      sequenceMute: this.#sequence.isMute,
    };
  }

  async run(sink: ResyncWindow, signal: AbortSignal): Promise<void> {
    const { endpoints, node, log } = this.#options;
    const pauses = new OwnPauses((this.#options.clocks ?? machineClocks).monotonic);
    this.#pauses = pauses;
    const beats = setInterval(() => pauses.beat(), BEAT_MS).unref();
    signal.addEventListener("abort", () => clearInterval(beats), { once: true });
    let fail = (_error: unknown): void => undefined;
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const zmq = openZmq({
      endpoints,
      signal,
      now: () => this.#clock.steady(),
      onEvent: this.#events.hear,
      ...feedBudgets,
      silence: {
        afterSeconds: SILENCE_SECONDS,
        ...(node === null ? {} : { probe: (probeSignal: AbortSignal) => activityOf(node, probeSignal, fail) }),
      },
    });
    this.#zmq = zmq;
    this.#sink = sink;
    const gate = new ArrivalGate({
      deliver: (message) => deliver(this.#dated(message), sink),
      maxHeldBytes: budgets.heldArrivals.bytes,
    });
    this.#gate = gate;
    if (node !== null) {
      this.#resyncLoop = new ResyncLoop({
        ...this.#options,
        node,
        window: sink,
        now: () => this.now(),
        checkClock: () => this.checkClock(),
        onVerdict: (verdict) => gate.settle(verdict),
      });
      gate.doubt();
      this.#resyncLoop.start(signal);
    }
    for (const { message } of noticesOf(this.#situation())) log.warn(message);
    await Promise.race([failed, Promise.all([this.#deliverAll(zmq, gate, sink), this.#resyncLoop?.ended()])]);
  }

  async #deliverAll(zmq: ZmqFeed, gate: ArrivalGate, sink: ResyncWindow): Promise<void> {
    const turn = new Turn();
    for await (const message of zmq) {
      await turn.next();
      this.#options.metrics.feedMessages.inc({ topic: message.topic });
      if (this.#resyncLoop?.state().unfit === true) continue;
      if (message.topic === "rawtx") gate.transaction(message);
      else if (message.topic === "sequence") gate.sequence(message);
      else if (this.#resyncLoop?.state().mayHaveStrayed !== true) deliver(this.#dated(message), sink);
      this.#resyncLoop?.heard(message);
      if (this.#sequence.heard(message)) this.#tellMute();
    }
  }

  async close(): Promise<void> {
    this.#options.node?.close();
  }

  #tellMute(): void {
    const { log } = this.#options;
    for (const { code, message } of noticesOf(this.#situation()))
      if (code === "sequence_mute") log.warn({ code }, message);
  }

  /**
   * Times may all be wrong that were taken before the clock was set: the window is filled anew. Without RPC nothing fills
   * it but time; what only turns out older than it seemed is kept then.
   */
  #clockWasSet(seconds: number): void {
    const { log, node } = this.#options;
    if (this.#sink === null) return;
    const size = Math.round(Math.abs(seconds));
    const what = seconds > 0 ? `the clock went ${size} s ahead` : `the clock was set back by ${size} s`;
    const isKept = node === null && seconds > 0;
    const refill: ReadinessReason = {
      code: "clock_set",
      message: `${what}: the window is read anew from the node; keep the clock right (NTP)`,
    };
    log.warn(
      { code: refill.code, seconds: Math.round(seconds) },
      node !== null
        ? refill.message
        : `${what}: ${isKept ? "the window is that much older" : "the window begins anew"}`,
    );
    if (isKept) return;
    this.#sink.beginAnew(seconds);
    this.#resyncLoop?.refill("the clock was set", refill);
  }

  /**
   * The message by the clock as it stands. A block that a node catches up with counts at its own time: its transactions
   * tell the price of then.
   */
  #dated(message: FeedMessage): FeedMessage {
    this.#clock.checkStep();
    const timestamp = this.#clock.unix(message.timestamp);
    const resync = this.#resyncLoop?.state();
    if (message.topic !== "rawblock" || resync === undefined || resync.problem !== null || !resync.settled)
      return { ...message, timestamp };
    const headerTime = blockTime(message.rawBytes);
    return headerTime !== null && headerTime < timestamp - LATE_BLOCK_SECONDS
      ? { ...message, timestamp: headerTime }
      : { ...message, timestamp };
  }
}

/** What changes at the node when its feed has something to say. An error that is not the node's ends the feed. */
async function activityOf(node: NodeRpc, signal: AbortSignal, fail: (error: unknown) => void): Promise<string> {
  try {
    return await node.getActivity({ signal });
  } catch (error) {
    if (!(error instanceof NodeRpcError) && !signal.aborted) fail(error);
    throw error;
  }
}

/** Lets a queue be worked off in turns with everything else that waits. */
class Turn {
  #began = performance.now();

  /** To be awaited before each piece of work. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < TURN_MS) return;
    await nextTurn();
    this.#began = performance.now();
  }
}

/** Unix seconds by the block's header; null for what is no block, which the window reports. */
function blockTime(rawBytes: Uint8Array): number | null {
  try {
    return parseBlockHeader(rawBytes).time;
  } catch (error) {
    if (error instanceof TxParseError) return null;
    throw error;
  }
}
