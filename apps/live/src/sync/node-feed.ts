import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedMessage, NodeFeed as ZmqFeed } from "@utxoracle/zmq-source";
import { NodeChain } from "../chain/node-chain.ts";
import { budgets } from "../config/budgets.ts";
import type { Endpoints } from "../config/zmq-endpoints.ts";
import { ArrivalGate } from "../ingest/arrival-gate.ts";
import { deliver } from "../ingest/deliver.ts";
import type { Feed, FeedState, SyncedWindow } from "../ingest/feed.ts";
import { FeedEvents } from "../ingest/feed-events.ts";
import { openZmq } from "../ingest/open-zmq.ts";
import { BEAT_MS, OwnPauses } from "../ingest/own-pauses.ts";
import { SequenceWatch } from "../ingest/sequence-watch.ts";
import { machineClocks, SteadyClock } from "../ingest/steady-clock.ts";
import { Turn } from "../ingest/turn.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { arrivalTime } from "./arrival-time.ts";
import { watchEndpoints } from "./endpoint-watch.ts";
import { type FeedSituation, noticesOf } from "./feed-health.ts";
import { feedStateOf, missedMessages } from "./feed-state.ts";
import type { NodeFeedOptions } from "./node-feed-options.ts";
import { SyncLoop } from "./sync-loop.ts";
import { isBusy } from "./sync-state.ts";

/** After a silence of this many seconds the feed asks the node whether it has news. */
const SILENCE_SECONDS = 60;

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
    return feedStateOf(this.#situation(), {
      steadySeconds: this.#clock.steady(),
      hasRpc: this.#options.node !== null,
      missedMessages: this.#missedBefore + missedMessages(this.#zmq?.status() ?? null),
      loadedBlocks: this.#sync?.loadedBlocks ?? null,
    });
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
      deliver: (message) => this.#deliver(message, sink),
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
        const stopWatching = new AbortController();
        if (findEndpoints !== undefined)
          watchEndpoints(
            {
              ...{ findEndpoints, log, current: this.#endpoints, onError: fail },
              isConnected: () => this.#zmq?.status().endpoints.every(({ connected }) => connected) ?? false,
              sync: () => this.#sync?.state,
              onMoved: (found) => {
                this.#endpoints = found;
                moved.abort();
              },
            },
            AbortSignal.any([signal, stopWatching.signal]),
          );
        await this.#deliverAll(zmq, gate, sink);
        stopWatching.abort();
        if (signal.aborted || !moved.signal.aborted) return;
        this.#missedBefore += missedMessages(zmq.status());
        moved = new AbortController();
        zmq = open(AbortSignal.any([signal, moved.signal]));
        this.#zmq = zmq;
      }
    };
    await Promise.race([failed, Promise.all([follow(), this.#sync?.ended()])]);
  }

  async #deliverAll(zmq: ZmqFeed, gate: ArrivalGate, sink: SyncedWindow): Promise<void> {
    const turn = new Turn();
    for await (const message of zmq) {
      await turn.next();
      this.#options.metrics.feedMessages.inc({ topic: message.topic });
      if (this.#sync?.state.rejectedNode === true) continue;
      if (message.topic === "rawtx") gate.transaction(message);
      else if (message.topic === "sequence") gate.sequence(message);
      else if (this.#sync?.state.chainUnverified !== true) this.#deliver(message, sink);
      this.#sync?.onMessage(message);
      if (this.#sequence.onMessage(message)) this.#logMute();
    }
  }

  #deliver(message: FeedMessage, sink: SyncedWindow): void {
    deliver(message, arrivalTime(message, this.#clock, this.#sync?.state), sink);
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
}

/**
 * A text that changes when the node should have published a message. Unexpected errors end the
 * feed.
 */
async function activityOf(node: NodeRpc, signal: AbortSignal, fail: (error: unknown) => void): Promise<string> {
  try {
    return await node.getActivity({ signal });
  } catch (error) {
    if (error instanceof NodeRpcError || signal.aborted) throw error;
    fail(error);
    // The feed is ending. A rejection would be reported as a node that cannot be reached.
    return "";
  }
}
