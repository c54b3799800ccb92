import { setImmediate as nextTurn } from "node:timers/promises";
import type { NodeState } from "@utxoracle/models";
import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import type { FeedMessage, FeedStatus, NodeFeed as ZmqFeed } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { NodeChain } from "../chain/node-chain.ts";
import { budgets } from "../config/budgets.ts";
import { feedBudgets } from "../config/feed-budgets.ts";
import { type Endpoints, sameEndpoints } from "../config/zmq-endpoints.ts";
import { ArrivalGate } from "../ingest/arrival-gate.ts";
import type { Feed, FeedState, SyncedWindow } from "../ingest/feed.ts";
import { FeedEvents } from "../ingest/feed-events.ts";
import type { FeedMetrics } from "../ingest/feed-metrics.ts";
import { openZmq } from "../ingest/open-zmq.ts";
import { BEAT_MS, OwnPauses } from "../ingest/own-pauses.ts";
import { deliver } from "../ingest/replay-feed.ts";
import { SequenceWatch } from "../ingest/sequence-watch.ts";
import { type MachineClocks, machineClocks, SteadyClock } from "../ingest/steady-clock.ts";
import { logLine } from "../logging/log-line.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { type FeedSituation, isWithoutPayments, noticesOf, reasonsOf } from "./feed-health.ts";
import { SyncLoop } from "./sync-loop.ts";
import { isBusy, isOutOfSync } from "./sync-state.ts";

/** What the service passes to the function that opens its feed. */
export interface NodeFeedParts {
  readonly windowSeconds: number;
  /** How far back blocks are needed, seconds. */
  readonly blockSeconds: number;
  readonly metrics: FeedMetrics;
}

export interface NodeFeedOptions extends NodeFeedParts {
  readonly source: "node" | "simulation";
  /** Address of each topic; `rawtx` is required. */
  readonly endpoints: Endpoints;
  /**
   * Asks the node for the addresses of its topics. Called before the first connection, and while a
   * topic is not connected. Null: the node does not say. Absent: the addresses are fixed.
   */
  readonly findEndpoints?: (signal: AbortSignal) => Promise<Endpoints | null>;
  /** Null: ZMQ only. */
  readonly node: NodeRpc | null;
  /** The only accepted chain; null: any. */
  readonly chain: string | null;
  readonly log: Logger;
  /** Called by `close()`. */
  readonly onClose?: () => Promise<void>;
  /** Default the machine's. */
  readonly clocks?: MachineClocks;
}

/** After a silence of this many seconds the feed asks the node whether it has news. */
const SILENCE_SECONDS = 60;
/**
 * A block whose header is older than this on arrival, seconds, was not just mined. Miners' clocks
 * err by less.
 */
const LATE_BLOCK_SECONDS = 7200;

/** Time between two questions for the addresses of topics that are not connected, ms. */
const FIND_PERIOD_MS = 5_000;

/** Messages are processed for this long before timers and clients get a turn. */
const TURN_MS = 10;

/** A node's ZMQ feed, kept in sync over RPC. */
export class NodeFeed implements Feed {
  readonly source: "node" | "simulation";
  readonly #options: NodeFeedOptions;
  readonly nodeChain: NodeChain;
  readonly #events: FeedEvents;
  #pauses: OwnPauses | null = null;
  readonly #clock: SteadyClock;
  #sink: SyncedWindow | null = null;
  #zmq: ZmqFeed | null = null;
  #endpoints: Endpoints;
  /** Messages missed at earlier addresses. */
  #missedBefore = 0;
  #sync: SyncLoop | null = null;
  #gate: ArrivalGate | null = null;
  readonly #sequence = new SequenceWatch();

  constructor(options: NodeFeedOptions) {
    this.source = options.source;
    this.#options = options;
    this.#endpoints = options.endpoints;
    this.nodeChain = new NodeChain(options.chain);
    this.#clock = new SteadyClock(options.clocks ?? machineClocks, (seconds) => this.#onClockStep(seconds));
    this.#events = new FeedEvents(
      options.log,
      options.metrics,
      {
        requestSync: (reason) => this.#sync?.requestSync(reason),
        requestFullSync: (reason) => {
          if (this.#sync === null) return;
          this.#gate?.hold();
          this.#sync.requestFullSync(reason);
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
    const { status, sync, silence } = situation;
    const rawtx = status?.endpoints.find((endpoint) => endpoint.topics.includes("rawtx"));
    const connected = rawtx?.connected ?? false;
    const last = status?.lastMessageTimestamp ?? null;
    const node: NodeState = {
      connected,
      last_message_age: last === null ? null : Math.max(0, Math.floor(this.#clock.steady() - last)),
      missed_messages: this.#missedBefore + missedMessages(status),
      // Also true before the first sync.
      resyncing: sync === null ? this.#options.node !== null : isOutOfSync(sync),
      height: sync?.height ?? null,
      last_block_timestamp: null,
    };
    return {
      node,
      // Before the node's first answer, the setting: a node on another chain is rejected.
      chain: sync?.chain ?? this.#options.chain,
      loadedBlocks: sync === null || sync.filled ? null : (this.#sync?.loadedBlocks ?? null),
      loading: sync === null ? last === null : !sync.filled,
      lost:
        !connected ||
        silence !== null ||
        isWithoutPayments(sync) ||
        (sync?.rejectedNode ?? false) ||
        (sync?.resetReason ?? null) !== null,
      reasons: reasonsOf(situation),
      notices: noticesOf(situation),
    };
  }

  /** Whether a sync is running or requested, including the one after each block. */
  get isSyncing(): boolean {
    return this.#sync !== null && isBusy(this.#sync.state);
  }

  #situation(): FeedSituation {
    return {
      endpoints: this.#endpoints,
      chain: this.#options.chain,
      status: this.#zmq?.status() ?? null,
      sync: this.#sync?.state ?? null,
      silence: this.#events.silence,
      isSilenceUnexplained: this.#events.isSilenceUnexplained,
      sequenceMute: this.#sequence.isMute,
    };
  }

  async run(sink: SyncedWindow, signal: AbortSignal): Promise<void> {
    const { node, log, findEndpoints } = this.#options;
    this.#endpoints = (await findEndpoints?.(signal)) ?? this.#endpoints;
    if (signal.aborted) return;
    const pauses = new OwnPauses((this.#options.clocks ?? machineClocks).monotonic);
    this.#pauses = pauses;
    const beats = setInterval(() => pauses.beat(), BEAT_MS).unref();
    signal.addEventListener("abort", () => clearInterval(beats), { once: true });
    let fail = (_error: unknown): void => undefined;
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const open = (feedSignal: AbortSignal): ZmqFeed =>
      openZmq({
        endpoints: this.#endpoints,
        signal: feedSignal,
        now: () => this.#clock.steady(),
        onEvent: this.#events.onEvent,
        ...feedBudgets,
        silence: {
          afterSeconds: SILENCE_SECONDS,
          ...(node === null ? {} : { probe: (probeSignal: AbortSignal) => activityOf(node, probeSignal, fail) }),
        },
      });
    let moved = new AbortController();
    let zmq = open(AbortSignal.any([signal, moved.signal]));
    this.#zmq = zmq;
    this.#sink = sink;
    const gate = new ArrivalGate({
      deliver: (message) => deliver(this.#dated(message), sink),
      maxHeldBytes: budgets.heldArrivals.bytes,
    });
    this.#gate = gate;
    if (node !== null) {
      this.#sync = new SyncLoop({
        ...this.#options,
        node,
        endpoints: this.#endpoints,
        nodeChain: this.nodeChain,
        window: sink,
        now: () => this.now(),
        checkClock: () => this.checkClock(),
        onVerdict: (verdict) => gate.release(verdict),
      });
      gate.hold();
      this.#sync.start(signal);
    }
    for (const { code, message } of noticesOf(this.#situation())) log.warn({ code }, message);
    const follow = async (): Promise<void> => {
      for (;;) {
        const stopWatching = this.#watchEndpoints(moved, signal, fail);
        await this.#deliverAll(zmq, gate, sink);
        stopWatching();
        if (signal.aborted || !moved.signal.aborted) return;
        this.#missedBefore += missedMessages(zmq.status());
        moved = new AbortController();
        zmq = open(AbortSignal.any([signal, moved.signal]));
        this.#zmq = zmq;
      }
    };
    await Promise.race([failed, Promise.all([follow(), this.#sync?.ended()])]);
  }

  /**
   * While a topic is not connected, asks the node where it publishes. A node that starts late, or
   * restarts with other addresses, is found without a restart of the service.
   * @param moved aborted when the addresses have changed.
   * @returns stops watching.
   */
  #watchEndpoints(moved: AbortController, signal: AbortSignal, fail: (error: unknown) => void): () => void {
    const { findEndpoints, log } = this.#options;
    if (findEndpoints === undefined) return () => undefined;
    let isAsking = false;
    const ask = async (): Promise<void> => {
      const found = await findEndpoints(signal);
      if (found === null || signal.aborted || moved.signal.aborted || sameEndpoints(found, this.#endpoints)) return;
      logLine(log, "node publishes at other addresses; reconnecting", { endpoints: found });
      this.#endpoints = found;
      moved.abort();
    };
    const timer = setInterval(() => {
      const sync = this.#sync?.state;
      // The node logs each call with a rejected password, so only a node that answers is asked.
      const answers = sync !== undefined && sync.chain !== null && sync.problem?.from !== "rpc";
      const isConnected = this.#zmq?.status().endpoints.every(({ connected }) => connected) ?? false;
      if (isAsking || isConnected || !answers) return;
      isAsking = true;
      ask()
        .catch(fail)
        .finally(() => {
          isAsking = false;
        });
    }, FIND_PERIOD_MS).unref();
    return () => clearInterval(timer);
  }

  async #deliverAll(zmq: ZmqFeed, gate: ArrivalGate, sink: SyncedWindow): Promise<void> {
    const turn = new Turn();
    for await (const message of zmq) {
      await turn.next();
      this.#options.metrics.feedMessages.inc({ topic: message.topic });
      if (this.#sync?.state.rejectedNode === true) continue;
      if (message.topic === "rawtx") gate.transaction(message);
      else if (message.topic === "sequence") gate.sequence(message);
      else if (this.#sync?.state.chainUnverified !== true) deliver(this.#dated(message), sink);
      this.#sync?.onMessage(message);
      if (this.#sequence.onMessage(message)) this.#logMute();
    }
  }

  async close(): Promise<void> {
    this.#options.node?.close();
    await this.#options.onClose?.();
  }

  #logMute(): void {
    const { log } = this.#options;
    for (const { code, message } of noticesOf(this.#situation()))
      if (code === "sequence_mute") log.warn({ code }, message);
  }

  /**
   * Resets the window, since times from before the step may be wrong, and fills it again. Without
   * RPC it could not be filled, so after a step ahead its entries are kept: they only become older.
   */
  #onClockStep(seconds: number): void {
    const { log, node } = this.#options;
    if (this.#sink === null) return;
    const size = Math.round(Math.abs(seconds));
    const what = `the clock was set ${seconds > 0 ? "ahead" : "back"} by ${size} s`;
    const isKept = node === null && seconds > 0;
    const reason: ReadinessReason = {
      code: "clock_set",
      message: `${what}: the window is fetched again from the node; synchronize the clock (NTP)`,
    };
    log.warn(
      { code: reason.code, seconds: Math.round(seconds) },
      node !== null
        ? reason.message
        : `${what}: ${isKept ? "the entries of the window are older by that" : "the window was cleared"}`,
    );
    if (isKept) return;
    this.#sink.reset(seconds);
    this.#sync?.reset(reason);
  }

  /**
   * The message with its time by the current clock. An old block from a syncing node gets its
   * header's time, because its transactions carry the price of that time.
   */
  #dated(message: FeedMessage): FeedMessage {
    this.#clock.checkStep();
    const timestamp = this.#clock.unix(message.timestamp);
    const sync = this.#sync?.state;
    if (message.topic !== "rawblock" || sync === undefined || sync.problem !== null || !sync.filled)
      return { ...message, timestamp };
    const headerTime = blockTime(message.rawBytes);
    return headerTime !== null && headerTime < timestamp - LATE_BLOCK_SECONDS
      ? { ...message, timestamp: headerTime }
      : { ...message, timestamp };
  }
}

const missedMessages = (status: FeedStatus | null): number =>
  status === null ? 0 : Object.values(status.missed).reduce((sum, count) => sum + count, 0);

/**
 * A text that changes when the node should have published a message. Unexpected errors end the
 * feed.
 */
async function activityOf(node: NodeRpc, signal: AbortSignal, fail: (error: unknown) => void): Promise<string> {
  try {
    return await node.getActivity({ signal });
  } catch (error) {
    if (!(error instanceof NodeRpcError) && !signal.aborted) fail(error);
    throw error;
  }
}

/** Lets timers and I/O run while a long queue is processed. */
class Turn {
  #began = performance.now();

  /** Await before each message. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < TURN_MS) return;
    await nextTurn();
    this.#began = performance.now();
  }
}

/** Time in the block's header, Unix seconds; null for malformed bytes, which the window reports. */
function blockTime(rawBytes: Uint8Array): number | null {
  try {
    return parseBlockHeader(rawBytes).time;
  } catch (error) {
    if (error instanceof TxParseError) return null;
    throw error;
  }
}
