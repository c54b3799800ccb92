import { setTimeout as sleep } from "node:timers/promises";
import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedMessage, FeedTopic } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { isRefusal, RetryPause } from "../chain/retry-pause.ts";
import { budgets } from "../config/budgets.ts";
import type { MempoolVerdict } from "../ingest/arrival-gate.ts";
import type { ResyncWindow } from "../ingest/feed.ts";
import type { FeedMetrics } from "../ingest/feed-metrics.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { type CheckedNode, nodeFindings, unfitness } from "./node-checks.ts";
import { RecentIds } from "./recent-ids.ts";
import { type ResyncNode, type ResyncResult, resync } from "./resync.ts";

export interface ResyncLoopOptions {
  readonly node: ResyncNode & CheckedNode & Pick<NodeRpc, "credentialsChanged">;
  readonly window: ResyncWindow;
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  readonly chain: string | null;
  readonly windowSeconds: number;
  readonly blockSeconds: number;
  /** Unix seconds. */
  readonly now: () => number;
  /** Notices that the clock was set, which empties the window and interrupts this loop. */
  readonly checkClock: () => void;
  readonly log: Logger;
  readonly metrics: Pick<FeedMetrics, "refills">;
  /** Told what each look at the node's mempool says of it. */
  readonly onVerdict: (verdict: MempoolVerdict) => void;
  /** So many seconds, or until the signal aborts; default the system's timer. */
  readonly pause?: (seconds: number, signal: AbortSignal) => Promise<void>;
}

/** What is known over RPC. */
export interface ResyncState {
  /** A look at the node is under way or wanted, be it the one that every block asks for. */
  readonly running: boolean;
  /** One that something gave reason for: until it is done the window is not known to equal the node. */
  readonly doubted: boolean;
  /** The window was filled at least once, or it is certain that it cannot be for now. */
  readonly settled: boolean;
  /** Why the window is being filled anew; null when it is not. */
  readonly refill: ReadinessReason | null;
  readonly chain: string | null;
  readonly height: number | null;
  /** Why RPC does not serve, with what to do; null when it does. */
  readonly problem: ReadinessReason | null;
  /** The node answers but is another one than is wanted, or not done syncing: nothing of it counts. */
  readonly unfit: boolean;
  /** The node may have come back on another chain than the window's and has not been asked since: its blocks can wait. */
  readonly mayHaveStrayed: boolean;
  /** What is amiss with the node although it serves, each with what to do. */
  readonly findings: readonly ReadinessReason[];
}

/** Seconds between two looks for another cookie while the node refuses the one that was there. */
const COOKIE_POLL_SECONDS = 5;
/** Seconds between two looks for a block that the feed has not told of: none of its topics may come, and the last message be lost. */
const BLOCK_POLL_SECONDS = 15;
/** Polls between two examinations of a node that serves: its peers may go, or its network be switched off. */
const POLLS_PER_EXAMINATION = 4;
/** Reasons for a resync come in bunches; this long after one the next begins at the earliest. */
const SETTLE_SECONDS = 0.5;

/** What every block asks for. Any other reason is a doubt: it is told and counted, also where a block came with it. */
const ROUTINE = "a block";

const LOADING: ReadinessReason = {
  code: "mempool_loading",
  message: "the node is reading its saved mempool: the window is filled when that is done",
};

/**
 * Keeps the window equal to the node: at the start, and whenever something gave reason to doubt it. Runs beside the
 * feed, never in its way.
 */
export class ResyncLoop {
  readonly #options: ResyncLoopOptions;
  #wanted: string | null = "the start";
  #wake: (() => void) | null = null;
  #retryNow: (() => void) | null = null;
  /** What the look under way is for; null while there is none. */
  #underWay: string | null = null;
  #settled = false;
  #refill: ReadinessReason | null = null;
  /** Ends the look under way. */
  #interruption = new AbortController();
  #chain: string | null = null;
  /** The chain that the window was filled from; null: from none yet. */
  #filledFrom: string | null = null;
  /** The node may have been started anew since it last told its chain. */
  #mayHaveStrayed = false;
  #height: number | null = null;
  #problem: ReadinessReason | null = null;
  #unfit = false;
  #findings: readonly ReadinessReason[] = [];
  /** The node may be another one, or with other settings, than when it was last examined. */
  #unexamined = true;
  #pollsUntilExamination = POLLS_PER_EXAMINATION;
  /** The newest block when the node was last asked for one. */
  #lastPolled: string | null = null;
  #removedMeanwhile = new RecentIds(budgets.removedMeanwhile.count);
  #end: Promise<void> = Promise.resolve();
  readonly #pause: (seconds: number, signal: AbortSignal) => Promise<void>;
  readonly #retryPause = new RetryPause();

  constructor(options: ResyncLoopOptions) {
    this.#options = options;
    this.#pause = options.pause ?? systemPause;
  }

  start(signal: AbortSignal): void {
    signal.addEventListener("abort", () => this.#wake?.(), { once: true });
    this.#end = this.#loop(signal);
  }

  /** Resolves when the loop has ended after its signal; rejects with an error that is not the node's. */
  ended(): Promise<void> {
    return this.#end;
  }

  state(): ResyncState {
    return {
      // What is wanted begins within a moment.
      running: this.#underWay !== null || this.#wanted !== null,
      doubted: [this.#underWay, this.#wanted].some((why) => why !== null && why !== ROUTINE),
      settled: this.#settled,
      refill: this.#refill,
      chain: this.#chain,
      height: this.#height,
      problem: this.#problem,
      unfit: this.#unfit,
      mayHaveStrayed: this.#mayHaveStrayed,
      findings: this.#findings,
    };
  }

  /** Something gives reason to doubt that the window equals the node. */
  request(why: string): void {
    this.#want(why);
    this.#wake?.();
  }

  /** The node may have been started anew. */
  requestAnew(why: string): void {
    this.#unexamined = true;
    this.#mayHaveStrayed = this.#filledFrom !== null;
    this.#retryNow?.();
    this.request(why);
  }

  /** The window was emptied: what is under way was for the old one, and the new one is to be filled. */
  refill(why: string, reason: ReadinessReason): void {
    this.#settled = false;
    this.#refill = reason;
    this.#wanted = why;
    this.#interruption.abort();
    this.#retryNow?.();
    this.#wake?.();
  }

  /** A message of the feed, already delivered. */
  heard(message: FeedMessage): void {
    if (message.topic === "rawblock") this.request(ROUTINE);
    if (message.topic !== "sequence") return;
    if (message.label === "R" && this.#underWay !== null) this.#removedMeanwhile.add(message.hash);
    if (message.label === "C" || message.label === "D") this.request(ROUTINE);
  }

  #want(why: string): void {
    if (this.#wanted === null || this.#wanted === ROUTINE) this.#wanted = why;
  }

  async #loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#untilWanted(signal);
      if (signal.aborted) return;
      const why = this.#wanted ?? "";
      this.#wanted = null;
      this.#interruption = new AbortController();
      const interruption = this.#interruption.signal;
      const isDone = await this.#once(why, AbortSignal.any([signal, interruption]));
      if (interruption.aborted) continue;
      if (this.#settled) this.#refill = null;
      if (isDone) {
        this.#retryPause.reset();
        await this.#pause(SETTLE_SECONDS, signal);
      } else {
        this.#want(why);
        await this.#untilRetry(this.#problem?.code.replace(/^rpc_/, "") ?? "", signal);
      }
    }
  }

  /** After a failure: for a while, or until the node may be another one, or there is another cookie than the one refused. */
  async #untilRetry(code: string, signal: AbortSignal): Promise<void> {
    let anew = false;
    const told = new Promise<void>((resolve) => {
      this.#retryNow = () => {
        anew = true;
        resolve();
      };
    });
    let seconds = this.#retryPause.after(code);
    while (seconds > 0 && !anew && !signal.aborted) {
      const step = Math.min(seconds, COOKIE_POLL_SECONDS);
      await Promise.race([told, this.#pause(step, signal)]);
      seconds -= step;
      if (isRefusal(code) && (await this.#options.node.credentialsChanged())) break;
    }
    this.#retryNow = null;
  }

  async #once(why: string, signal: AbortSignal): Promise<boolean> {
    const { node, log, metrics, chain, onVerdict } = this.#options;
    this.#underWay = why;
    this.#removedMeanwhile = new RecentIds(budgets.removedMeanwhile.count);
    const startedAt = performance.now();
    try {
      const tip = await node.getBlockchainInfo({ signal });
      // What is shown is still of the chain that the window was filled from.
      this.#chain = this.#filledFrom ?? tip.chain;
      const unfit = unfitness(tip, chain, this.#filledFrom);
      this.#mayHaveStrayed = false;
      this.#unfit = unfit !== null;
      if (unfit !== null) {
        this.#tellProblem(unfit);
        onVerdict("loading");
        this.#settled = unfit.code === "wrong_chain";
        return false;
      }
      this.#filledFrom = tip.chain;
      if (this.#unexamined) await this.#examine(tip.chain, signal);
      const result = await this.#resync(signal);
      if (signal.aborted) return false;
      this.#height = result.height;
      if (!result.mempoolLoaded) {
        this.#tellProblem(LOADING);
        return false;
      }
      this.#tellProblem(null);
      onVerdict("fetched");
      const brought = result.blocks + result.transactions + result.removed > 0;
      if (why !== ROUTINE) metrics.refills.inc({ result: "ok" });
      log[why !== ROUTINE || brought ? "info" : "debug"](
        { why, ...result, took_ms: Math.round(performance.now() - startedAt) },
        "the window equals the node",
      );
      this.#settled = true;
      return true;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      // Anything else is a defect of this program, not the node's.
      if (!(error instanceof NodeRpcError)) throw error;
      if (signal.aborted) return false;
      metrics.refills.inc({ result: "failed" });
      const problem: ReadinessReason = { code: `rpc_${error.code}`, message: error.message };
      this.#tellProblem(problem);
      // A node that is starting will tell; any other will not soon.
      const isStarting = problem.code === "rpc_warming_up";
      // Where it cannot be asked, its feed is believed. A look that began before may have failed at the node that was.
      if (!isStarting && this.#wanted === null) this.#mayHaveStrayed = false;
      onVerdict(isStarting ? "loading" : "unavailable");
      this.#settled ||= !isStarting;
      return false;
    } finally {
      this.#underWay = null;
    }
  }

  #resync(signal: AbortSignal): Promise<ResyncResult> {
    const { node, window, windowSeconds, blockSeconds, now, checkClock, onVerdict } = this.#options;
    return resync({
      node,
      window,
      windowSeconds,
      blockSeconds,
      now,
      checkClock,
      wasRemoved: (txid) => this.#removedMeanwhile.has(txid),
      onMempoolLoaded: (loaded) => onVerdict(loaded ? "loaded" : "loading"),
      signal,
    });
  }

  async #examine(chain: string, signal: AbortSignal): Promise<void> {
    const { node, endpoints, log } = this.#options;
    const before = this.#findings;
    const now = await nodeFindings(node, endpoints, chain, signal);
    this.#findings = now;
    this.#unexamined = false;
    // What the operator mends should be noticed soon.
    this.#pollsUntilExamination = now.length > 0 ? 1 : POLLS_PER_EXAMINATION;
    const isIn = (list: readonly ReadinessReason[], code: string): boolean => list.some((each) => each.code === code);
    for (const { code, message } of now) if (!isIn(before, code)) log.warn({ code }, message);
    for (const { code } of before) if (!isIn(now, code)) log.info({ code }, "problem with the node solved");
  }

  /** One line when a problem comes or changes, and one when it goes. */
  #tellProblem(problem: ReadinessReason | null): void {
    const before = this.#problem;
    this.#problem = problem;
    const { log } = this.#options;
    if (problem !== null && problem.code !== before?.code) {
      const isOfRpc = problem.code.startsWith("rpc_");
      log.warn(
        { code: problem.code },
        isOfRpc ? `RPC does not serve; only what the feed brings is counted: ${problem.message}` : problem.message,
      );
    }
    if (problem === null && before !== null) log.info({ code: before.code }, "the node serves again");
  }

  /** Until something is wanted, or the node has a block that the feed has not told of. */
  async #untilWanted(signal: AbortSignal): Promise<void> {
    while (this.#wanted === null && !signal.aborted) {
      const asked = new AbortController();
      await Promise.race([
        this.#untilAsked(signal),
        this.#pause(BLOCK_POLL_SECONDS, AbortSignal.any([signal, asked.signal])),
      ]);
      asked.abort();
      if (this.#wanted !== null || signal.aborted) return;
      if (await this.#hasUntoldBlock(signal)) this.#want(ROUTINE);
    }
  }

  /** True once for each block. A node that does not answer is what the resync then reports. */
  async #hasUntoldBlock(signal: AbortSignal): Promise<boolean> {
    let hash: string;
    try {
      const { bestBlockHash, chain } = await this.#options.node.getBlockchainInfo({ signal });
      hash = bestBlockHash;
      this.#pollsUntilExamination -= 1;
      if (this.#pollsUntilExamination <= 0) await this.#examine(chain, signal);
    } catch (error) {
      if (signal.aborted || error instanceof NodeRpcError) return true;
      throw error;
    }
    const isUntold = hash !== this.#lastPolled && !this.#options.window.hasBlock(hash);
    this.#lastPolled = hash;
    return isUntold;
  }

  /** Until something is asked for. */
  #untilAsked(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#wanted !== null || signal.aborted) resolve();
      else this.#wake = resolve;
    });
  }
}

/** So many seconds, or until the signal aborts. */
function systemPause(seconds: number, signal: AbortSignal): Promise<void> {
  return sleep(seconds * 1000, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
