import type { NodeRpcErrorCode } from "@utxoracle/node-rpc";
import type { NodeRejection } from "../chain/node-chain.ts";
import { firstPause, isRefusal, pauseAfter, type RetryPause } from "../chain/retry-pause.ts";
import type { MempoolVerdict } from "../ingest/arrival-gate.ts";
import type { SyncReason } from "../ingest/sync-requests.ts";
import type { ReadinessReason } from "../state/service-state.ts";

/**
 * State of the node at its last answer.
 * - `starting`: not asked yet
 * - `offline`: RPC failed
 * - `rejected`: the node answers, but its data is not used (wrong chain, still syncing)
 * - `loading`: the node is starting or reading its saved mempool
 * - `live`: the last sync finished
 */
export type NodeStatus = "starting" | "offline" | "rejected" | "loading" | "live";

/**
 * What the sync loop is doing.
 * - `idle`: waiting for a request or the next poll
 * - `polling`: requesting the best block
 * - `syncing`: bringing the window in sync
 * - `settling`: short pause after a sync, so that a burst of requests causes one sync
 * - `retrying`: pause after a failure
 */
export type SyncActivity = "idle" | "polling" | "syncing" | "settling" | "retrying";

/** Why the node is not `live`. */
export type SyncProblem =
  | (ReadinessReason & { readonly from: "rpc"; readonly rpcCode: NodeRpcErrorCode })
  | (ReadinessReason & { readonly from: "node" });

export interface SyncState {
  readonly node: NodeStatus;
  readonly activity: SyncActivity;
  /** Reason of the running sync. */
  readonly running: SyncReason | null;
  /** Reason of the next sync; the first reason other than `block` is kept. */
  readonly requested: SyncReason | null;
  /** The node was rejected at its last answer: its feed is ignored, also while RPC fails. */
  readonly rejectedNode: boolean;
  readonly problem: SyncProblem | null;
  /** The window was filled, or cannot be filled now. */
  readonly filled: boolean;
  /** Why the window was reset; null once it is filled again. */
  readonly resetReason: ReadinessReason | null;
  /** Chain of the window, or the node's while the window is empty; null while unknown. */
  readonly chain: string | null;
  /** Chain of the window's data; null before the first sync. */
  readonly filledFrom: string | null;
  /**
   * The node may have restarted on another chain and has not answered since: its blocks are
   * ignored.
   */
  readonly chainUnverified: boolean;
  readonly height: number | null;
  /** Problems of a reachable node, each with its remedy. */
  readonly findings: readonly ReadinessReason[];
  /** Polls until the node's version, peers and topics are checked again; 0: with the next sync. */
  readonly pollsUntilCheck: number;
  readonly lastPolledBlock: string | null;
  /** Tip of the last sync. */
  readonly syncedBlock: string | null;
  /** The block that caused the requested sync; null if unknown or if there are more reasons. */
  readonly requestedBlock: string | null;
  readonly retry: RetryPause;
  /** Remaining retry pause, seconds. */
  readonly retrySeconds: number;
}

export type SyncEvent =
  /** A sync is requested. `block`: hash of the announced block; null if unknown. */
  | { readonly type: "syncRequested"; readonly reason: SyncReason; readonly block?: string | null }
  /** The node may have restarted. */
  | { readonly type: "fullSyncRequested"; readonly reason: SyncReason }
  /** The window was cleared. */
  | { readonly type: "windowReset"; readonly reason: ReadinessReason }
  /** During a sync: the node answered and is accepted or rejected. */
  | { readonly type: "nodeAnswered"; readonly chain: string; readonly rejection: NodeRejection | null }
  /** During a sync or poll: result of the check of version, peers and topics. */
  | { readonly type: "nodeChecked"; readonly findings: readonly ReadinessReason[] }
  /** The sync ended early: the node is reading its saved mempool. */
  | { readonly type: "mempoolLoading"; readonly height: number }
  /** The sync is done. */
  | { readonly type: "synced"; readonly height: number; readonly block: string }
  | { readonly type: "syncFailed"; readonly code: NodeRpcErrorCode; readonly message: string }
  /** The sync ended after `cancelSync`. */
  | { readonly type: "syncCancelled" }
  /** The poll is done. `isHeld`: the window holds the block and all before it that it needs. */
  | { readonly type: "polled"; readonly block: string; readonly isHeld: boolean }
  | { readonly type: "pollFailed" }
  | { readonly type: "waited" }
  /** `changed`: the cookie file holds another cookie than the refused one. */
  | { readonly type: "credentialsChecked"; readonly changed: boolean };

export type SyncEffect =
  /** `check`: also check version, peers and topics. */
  | { readonly type: "startSync"; readonly reason: SyncReason; readonly check: boolean }
  | { readonly type: "cancelSync" }
  | { readonly type: "startPoll"; readonly check: boolean }
  | { readonly type: "wait"; readonly seconds: number }
  | { readonly type: "checkCredentials" }
  /** For the gate that holds transactions. */
  | { readonly type: "verdict"; readonly verdict: MempoolVerdict }
  | { readonly type: "count"; readonly result: "ok" | "failed" };

export interface Step {
  readonly state: SyncState;
  readonly effects: readonly SyncEffect[];
}

/** Interval at which the node is polled for blocks that the feed did not announce. */
export const POLL_SECONDS = 15;
export const SETTLE_SECONDS = 0.5;
/** Interval at which the cookie file is read while the node refuses the credentials, seconds. */
export const COOKIE_POLL_SECONDS = 5;
const POLLS_PER_CHECK = 4;
/** With findings the node is checked more often, to notice soon that the operator solved them. */
const POLLS_PER_CHECK_WITH_FINDINGS = 1;

const LOADING: SyncProblem = {
  from: "node",
  code: "mempool_loading",
  message: "the node is reading its saved mempool: the window is filled afterwards",
};

export const initialState: SyncState = {
  node: "starting",
  activity: "idle",
  running: null,
  requested: "start",
  rejectedNode: false,
  problem: null,
  filled: false,
  resetReason: null,
  chain: null,
  filledFrom: null,
  chainUnverified: false,
  height: null,
  findings: [],
  pollsUntilCheck: 0,
  lastPolledBlock: null,
  syncedBlock: null,
  requestedBlock: null,
  retry: firstPause,
  retrySeconds: 0,
};

/** Whether a sync is running or requested, including the one after each block. */
export const isBusy = ({ running, requested }: SyncState): boolean => running !== null || requested !== null;

/** Whether the window may differ from the node by more than the last block. */
export const isOutOfSync = ({ running, requested }: SyncState): boolean =>
  [running, requested].some((reason) => reason !== null && reason !== "block");

type Handlers = {
  readonly [Type in SyncEvent["type"]]: (state: SyncState, event: Extract<SyncEvent, { type: Type }>) => Step;
};

/** The transition of each event. */
const handlers: Handlers = {
  syncRequested: (state, { reason, block = null }) => {
    // Two topics announce each block.
    if (reason === "block" && block !== null && block === state.syncedBlock && state.running === null)
      return stay(state);
    // A request without a block, as after a disconnection, needs its own sync.
    const isForBlock = reason === "block" && (state.requested === null || state.requestedBlock !== null);
    const asked = { ...request(state, reason), requestedBlock: isForBlock ? block : null };
    return state.activity === "idle" ? startSync(asked) : stay(asked);
  },
  fullSyncRequested: (state, { reason }) => {
    const asked = { ...request(state, reason), pollsUntilCheck: 0, chainUnverified: state.filledFrom !== null };
    return isPaused(state) ? startSync(asked) : stay(asked);
  },
  windowReset: (state, { reason }) => {
    const reset = { ...state, filled: false, resetReason: reason, requested: "clock_set" as const };
    if (state.activity === "syncing") return stay(reset, { type: "cancelSync" });
    return isPaused(state) ? startSync(reset) : stay(reset);
  },

  nodeAnswered: (state, { chain, rejection }) => {
    // Prices are of the chain of the window's data.
    const answered = {
      ...state,
      chain: state.filledFrom ?? chain,
      chainUnverified: false,
      rejectedNode: rejection !== null,
    };
    if (rejection === null) return stay({ ...answered, filledFrom: chain });
    const problem = { from: "node", ...rejection } as const;
    // On the wrong chain the window is never filled; a syncing node will fill it.
    const filled = rejection.code === "wrong_chain";
    return retry({ ...answered, node: "rejected", problem, filled }, false, verdict("loading"));
  },
  nodeChecked: (state, { findings }) =>
    stay({
      ...state,
      findings,
      pollsUntilCheck: findings.length > 0 ? POLLS_PER_CHECK_WITH_FINDINGS : POLLS_PER_CHECK,
    }),
  mempoolLoading: (state, { height }) => retry({ ...state, node: "loading", problem: LOADING, height }, false),
  synced: (state, { height, block }) => {
    const isDone = state.requested === "block" && state.requestedBlock === block;
    const synced: SyncState = {
      ...state,
      requested: isDone ? null : state.requested,
      syncedBlock: block,
      node: "live",
      activity: "settling",
      running: null,
      problem: null,
      height,
      filled: true,
      resetReason: null,
      retry: firstPause,
    };
    const counted: SyncEffect[] = state.running === "block" ? [] : [{ type: "count", result: "ok" }];
    return stay(synced, { type: "wait", seconds: SETTLE_SECONDS }, ...counted, verdict("fetched"));
  },
  syncFailed: (state, { code, message }) => {
    const isStarting = code === "warming_up";
    const failed: SyncState = {
      ...state,
      node: isStarting ? "loading" : "offline",
      problem: { from: "rpc", rpcCode: code, code: `rpc_${code}`, message },
      // While RPC fails, the feed is used. A request since then may mean that the node restarted
      // again.
      chainUnverified: state.chainUnverified && (isStarting || state.requested !== null),
      filled: state.filled || !isStarting,
    };
    const effects: SyncEffect[] = [{ type: "count", result: "failed" }];
    return retry(failed, isRefusal(code), ...effects, verdict(isStarting ? "loading" : "unavailable"));
  },
  syncCancelled: (state) => next({ ...state, running: null }),

  polled: (state, { block, isHeld }) => {
    const polled = { ...state, lastPolledBlock: block };
    // Once per block: an old one may never be held.
    return next(isHeld || block === state.lastPolledBlock ? polled : request(polled, "block"));
  },
  // The sync reports what is wrong.
  pollFailed: (state) => next(request(state, "block")),

  waited: (state) => {
    if (state.activity === "settling") return next(state);
    if (state.activity === "idle") {
      const pollsUntilCheck = Math.max(0, state.pollsUntilCheck - 1);
      const polling: SyncState = { ...state, activity: "polling", pollsUntilCheck };
      return stay(polling, { type: "startPoll", check: pollsUntilCheck === 0 });
    }
    if (state.activity !== "retrying") return stay(state);
    if (state.retrySeconds === 0) return startSync(state);
    return state.retry.refused ? stay(state, { type: "checkCredentials" }) : waitForRetry(state);
  },
  credentialsChecked: (state, { changed }) => {
    if (state.activity !== "retrying") return stay(state);
    return changed ? startSync(state) : waitForRetry(state);
  },
};

/** The next state after an event, and the effects that the sync loop performs. */
export function transition(state: SyncState, event: SyncEvent): Step {
  return (handlers[event.type] as (state: SyncState, event: SyncEvent) => Step)(state, event);
}

const isPaused = ({ activity }: SyncState): boolean => activity === "idle" || activity === "retrying";

/** State and effects at the start. */
export const firstStep = (): Step => startSync(initialState);

const stay = (state: SyncState, ...effects: SyncEffect[]): Step => ({ state, effects });

const verdict = (verdict: MempoolVerdict): SyncEffect => ({ type: "verdict", verdict });

function request(state: SyncState, reason: SyncReason): SyncState {
  const isSerious = state.requested !== null && state.requested !== "block";
  return isSerious ? state : { ...state, requested: reason };
}

function startSync(state: SyncState): Step {
  const reason = state.requested ?? "block";
  const check = state.pollsUntilCheck === 0;
  return stay(
    { ...state, activity: "syncing", running: reason, requested: null },
    { type: "startSync", reason, check },
  );
}

/** Starts the requested sync, or waits for a request. */
function next(state: SyncState): Step {
  if (state.requested !== null) return startSync(state);
  return stay({ ...state, activity: "idle" }, { type: "wait", seconds: POLL_SECONDS });
}

/** Repeats the failed sync after a pause. */
function retry(state: SyncState, refused: boolean, ...effects: SyncEffect[]): Step {
  const { seconds, next } = pauseAfter(state.retry, refused);
  const failed: SyncState = {
    ...request(state, state.running ?? "block"),
    activity: "retrying",
    running: null,
    resetReason: state.filled ? null : state.resetReason,
    retry: next,
    retrySeconds: seconds,
  };
  return waitForRetry(failed, ...effects);
}

/** Waits in steps, between which the cookie file is checked. */
function waitForRetry(state: SyncState, ...effects: SyncEffect[]): Step {
  const seconds = Math.min(state.retrySeconds, COOKIE_POLL_SECONDS);
  return stay({ ...state, retrySeconds: state.retrySeconds - seconds }, { type: "wait", seconds }, ...effects);
}
