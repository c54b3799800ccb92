import { setTimeout as sleep } from "node:timers/promises";
import type { Loading } from "@utxoracle/models";
import { type BlockchainInfo, type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import type { FeedMessage, FeedTopic } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import type { NodeChain } from "../chain/node-chain.ts";
import { budgets } from "../config/budgets.ts";
import type { MempoolVerdict } from "../ingest/arrival-gate.ts";
import type { SyncedWindow } from "../ingest/feed.ts";
import type { FeedMetrics } from "../ingest/feed-metrics.ts";
import type { SyncReason, SyncRequests } from "../ingest/sync-requests.ts";
import { blockProgress } from "../logging/block-progress.ts";
import { logLine } from "../logging/log-line.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { type CheckedNode, nodeFindings } from "./node-checks.ts";
import { RecentIds } from "./recent-ids.ts";
import {
  firstStep,
  initialState,
  type Step,
  type SyncEffect,
  type SyncEvent,
  type SyncProblem,
  type SyncState,
  transition,
} from "./sync-state.ts";
import { type SyncNode, syncWindow } from "./sync-window.ts";

export interface SyncLoopOptions {
  readonly node: SyncNode & CheckedNode & Pick<NodeRpc, "credentialsChanged">;
  readonly window: SyncedWindow;
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** Checks the node and receives its tips. */
  readonly nodeChain: NodeChain;
  readonly windowSeconds: number;
  /** How far back blocks are needed, seconds. */
  readonly blockSeconds: number;
  /** Unix seconds. */
  readonly now: () => number;
  /** Detects a clock step, which resets the window and cancels a sync. */
  readonly checkClock: () => void;
  readonly log: Logger;
  readonly metrics: Pick<FeedMetrics, "refills">;
  /** Called with the state of the node's mempool. */
  readonly onVerdict: (verdict: MempoolVerdict) => void;
  /** Resolves after the seconds or when the signal aborts; default: the system's timer. */
  readonly pause?: (seconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Keeps the window in sync with the node while the feed continues. `sync-state.ts` decides what to
 * do; this class does it.
 */
export class SyncLoop implements SyncRequests {
  readonly #options: SyncLoopOptions;
  readonly #pause: (seconds: number, signal: AbortSignal) => Promise<void>;
  #state: SyncState = initialState;
  /** Ends the loop. */
  #signal: AbortSignal = AbortSignal.abort();
  /** Cancels the running sync. */
  #cancel = new AbortController();
  /** Ends the current wait. */
  #endWait = new AbortController();
  /** Blocks read by the running sync, of those that were missing. */
  #loadedBlocks: Loading | null = null;
  /** Removals announced by the feed during the sync. */
  #removed = new RecentIds(budgets.removedMeanwhile.count);
  /** Running operations. After an abort the loop has ended when there is none. */
  readonly #operations = new Set<Promise<void>>();
  #resolveEnd: () => void = () => undefined;
  #rejectEnd: (error: unknown) => void = () => undefined;
  readonly #end = new Promise<void>((resolve, reject) => {
    this.#resolveEnd = resolve;
    this.#rejectEnd = reject;
  });

  constructor(options: SyncLoopOptions) {
    this.#options = options;
    this.#pause = options.pause ?? systemPause;
    this.#end.catch(() => undefined);
  }

  get state(): SyncState {
    return this.#state;
  }

  /** Blocks read by the running sync, of those that were missing; null while none is read. */
  get loadedBlocks(): Loading | null {
    return this.#loadedBlocks;
  }

  start(signal: AbortSignal): void {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#endIfDone(), { once: true });
    this.#take(firstStep());
  }

  /** Resolves when the loop has ended after an abort. Rejects on an unexpected error. */
  ended(): Promise<void> {
    return this.#end;
  }

  requestSync(reason: SyncReason): void {
    this.#dispatch({ type: "syncRequested", reason });
  }

  requestFullSync(reason: SyncReason): void {
    this.#dispatch({ type: "fullSyncRequested", reason });
  }

  /** The window was cleared: cancels a running sync and starts another one. */
  reset(reason: ReadinessReason): void {
    this.#dispatch({ type: "windowReset", reason });
  }

  /** Handles a message of the feed after its delivery. */
  onMessage(message: FeedMessage): void {
    if (message.topic === "rawblock") this.#onBlock(blockHash(message.rawBytes));
    if (message.topic !== "sequence") return;
    if (message.label === "R" && this.#state.running !== null) this.#removed.add(message.hash);
    if (message.label === "C") this.#onBlock(message.hash);
    if (message.label === "D") this.requestSync("block");
  }

  #onBlock(block: string | null): void {
    this.#dispatch({ type: "syncRequested", reason: "block", block });
  }

  #dispatch(event: SyncEvent): void {
    if (!this.#signal.aborted) this.#take(transition(this.#state, event));
  }

  #take({ state, effects }: Step): void {
    const before = this.#state;
    this.#state = state;
    this.#logProblem(before.problem, state.problem);
    this.#logFindings(before.findings, state.findings);
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: SyncEffect): void {
    switch (effect.type) {
      case "startSync":
        this.#endWait.abort();
        this.#run(this.#sync(effect.reason, effect.check));
        break;
      case "cancelSync":
        this.#cancel.abort();
        break;
      case "startPoll":
        this.#run(this.#poll(effect.check));
        break;
      case "wait":
        this.#run(this.#wait(effect.seconds));
        break;
      case "checkCredentials":
        this.#run(this.#checkCredentials());
        break;
      case "verdict":
        this.#options.onVerdict(effect.verdict);
        break;
      case "count":
        this.#options.metrics.refills.inc({ result: effect.result });
        break;
      default:
        effect satisfies never;
    }
  }

  /** An error that the operation does not handle is a defect and ends the program. */
  #run(operation: Promise<void>): void {
    const running = operation.catch((error: unknown) => this.#rejectEnd(error));
    this.#operations.add(running);
    void running.then(() => {
      this.#operations.delete(running);
      this.#endIfDone();
    });
  }

  #endIfDone(): void {
    if (this.#signal.aborted && this.#operations.size === 0) this.#resolveEnd();
  }

  async #wait(seconds: number): Promise<void> {
    this.#endWait.abort();
    const endWait = new AbortController();
    this.#endWait = endWait;
    await this.#pause(seconds, AbortSignal.any([this.#signal, endWait.signal]));
    if (!endWait.signal.aborted) this.#dispatch({ type: "waited" });
  }

  async #sync(reason: SyncReason, check: boolean): Promise<void> {
    const cancel = new AbortController();
    this.#cancel = cancel;
    this.#removed = new RecentIds(budgets.removedMeanwhile.count);
    const signal = AbortSignal.any([this.#signal, cancel.signal]);
    const event = await this.#syncOutcome(reason, check, signal);
    if (cancel.signal.aborted) this.#dispatch({ type: "syncCancelled" });
    else if (event !== null) this.#dispatch(event);
  }

  /** @returns null if the sync was canceled or its result is already dispatched. */
  async #syncOutcome(reason: SyncReason, check: boolean, signal: AbortSignal): Promise<SyncEvent | null> {
    const { node, window, windowSeconds, blockSeconds, now, checkClock, onVerdict, log, nodeChain } = this.#options;
    const startedAt = performance.now();
    const logProgress = blockProgress(log, "loading blocks of the window");
    let tip: BlockchainInfo | null = null;
    try {
      const tipBefore = window.tipHash();
      const info = await node.getBlockchainInfo({ signal });
      if (signal.aborted) return null;
      const rejection = nodeChain.check(info);
      this.#dispatch({ type: "nodeAnswered", chain: info.chain, rejection });
      if (rejection !== null) return null;
      tip = info;
      window.onChain?.(info.chain);
      if (check) await this.#check(info.chain, signal);
      const { tip: tipAfter, ...result } = await syncWindow({
        ...{ node, window, windowSeconds, blockSeconds, now, checkClock, signal },
        first: { tipBefore, tip: info },
        wasRemoved: (txid) => this.#removed.has(txid),
        onBlocks: (done, total) => {
          this.#loadedBlocks = { blocks_done: done, blocks_total: total };
          logProgress(done, total);
        },
        onMempoolLoaded: (loaded) => onVerdict(loaded ? "loaded" : "loading"),
      });
      tip = tipAfter;
      if (signal.aborted) return null;
      const { height, mempoolLoaded } = result;
      if (!mempoolLoaded) return { type: "mempoolLoading", height };
      const isNews =
        (reason !== "block" && reason !== "connected") || result.blocks + result.transactions + result.removed > 0;
      const took = Math.round(performance.now() - startedAt);
      logLine(log, isNews ? "window in sync with node" : "window already in sync", {
        ...{ reason, ...result, took_ms: took },
      });
      return { type: "synced", height, block: tipAfter.bestBlockHash };
    } catch (error) {
      if (signal.aborted && error === signal.reason) return null;
      if (!(error instanceof NodeRpcError)) throw error;
      return signal.aborted ? null : { type: "syncFailed", code: error.code, message: error.message };
    } finally {
      this.#loadedBlocks = null;
      // Also after a failure: other consumers of blocks do not depend on the mempool.
      if (tip !== null && !signal.aborted) nodeChain.publish({ type: "tipReached", tip });
    }
  }

  async #poll(check: boolean): Promise<void> {
    const { node, window, nodeChain } = this.#options;
    let tip: BlockchainInfo;
    try {
      tip = await node.getBlockchainInfo({ signal: this.#signal });
      if (check) await this.#check(tip.chain, this.#signal);
    } catch (error) {
      if (!this.#signal.aborted && !(error instanceof NodeRpcError)) throw error;
      this.#dispatch({ type: "pollFailed" });
      return;
    }
    const { bestBlockHash: block } = tip;
    const isHeld = window.hasBlock(block);
    if (isHeld && nodeChain.check(tip) === null) nodeChain.publish({ type: "tipReached", tip });
    this.#dispatch({ type: "polled", block, isHeld });
  }

  /** Checks version, peers and topics of the node. */
  async #check(chain: string, signal: AbortSignal): Promise<void> {
    const { node, endpoints } = this.#options;
    const findings = await nodeFindings(node, endpoints, chain, signal);
    if (!signal.aborted) this.#dispatch({ type: "nodeChecked", findings });
  }

  async #checkCredentials(): Promise<void> {
    this.#dispatch({ type: "credentialsChecked", changed: await this.#options.node.credentialsChanged() });
  }

  #logFindings(before: readonly ReadinessReason[], after: readonly ReadinessReason[]): void {
    const { log } = this.#options;
    const isIn = (list: readonly ReadinessReason[], code: string): boolean => list.some((each) => each.code === code);
    for (const { code, message } of after) if (!isIn(before, code)) log.warn({ code }, message);
    for (const { code } of before) if (!isIn(after, code)) logLine(log, "node problem solved", { code });
  }

  /** One line when a problem appears or changes, and one when it is solved. */
  #logProblem(before: SyncProblem | null, after: SyncProblem | null): void {
    const { log } = this.#options;
    if (after === null) {
      if (before !== null) logLine(log, "node available again", { code: before.code });
      return;
    }
    if (after.code === before?.code) return;
    if (after.from === "rpc") logLine(log, "RPC failed; continuing with ZMQ only", { code: after.code }, after.message);
    else log.warn({ code: after.code }, after.message);
  }
}

/** Null for malformed bytes, which the window reports. */
function blockHash(rawBytes: Uint8Array): string | null {
  try {
    return parseBlockHeader(rawBytes).hash;
  } catch (error) {
    if (error instanceof TxParseError) return null;
    throw error;
  }
}

function systemPause(seconds: number, signal: AbortSignal): Promise<void> {
  return sleep(seconds * 1000, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
