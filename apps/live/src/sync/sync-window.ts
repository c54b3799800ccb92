import type { MempoolPoll } from "@utxoracle/estimator";
import type { BlockchainInfo, BlockHeader, NodeRpc } from "@utxoracle/node-rpc";
import type { SyncedWindow } from "../ingest/feed.ts";
import { EntryList } from "./entry-list.ts";

/** RPC calls of a sync. */
export type SyncNode = Pick<
  NodeRpc,
  "getBlockchainInfo" | "getMempoolInfo" | "getMempoolEntries" | "getRawTransactions" | "getBlockHeader" | "getBlock"
>;

export interface SyncOptions {
  readonly node: SyncNode;
  readonly window: SyncedWindow;
  readonly windowSeconds: number;
  /** How far back blocks are wanted, seconds. */
  readonly blockSeconds: number;
  /** Unix seconds. */
  readonly now: () => number;
  /** Aborts `signal` if the clock was set since the last call. */
  readonly checkClock: () => void;
  /**
   * Whether the feed announced the removal of a transaction since the sync started. It is then not
   * fetched again.
   */
  readonly wasRemoved: (txid: string) => boolean;
  /** Called before the mempool is requested; `loaded`: the node has read its saved mempool. */
  readonly onMempoolLoaded?: (loaded: boolean) => void;
  /** Called before each block is loaded. */
  readonly onBlocks?: (done: number, total: number) => void;
  /** The node's tip, if it was just requested, and the window's tip before that request. */
  readonly first?: { readonly tipBefore: string | null; readonly tip: BlockchainInfo };
  readonly signal: AbortSignal;
}

/** Changes made by a sync. */
export interface SyncResult {
  readonly height: number;
  /** The node's tip at the end. */
  readonly tip: BlockchainInfo;
  /**
   * False while the node reads its saved mempool; unconfirmed payments of the window are not
   * changed then.
   */
  readonly mempoolLoaded: boolean;
  readonly blocks: number;
  readonly transactions: number;
  readonly removed: number;
}

/**
 * A block may arrive while the mempool is read, which starts another attempt. More in a row: the
 * node is syncing.
 */
const MAX_ATTEMPTS = 8;
/**
 * A block's time may be this far before an earlier block's: miners' clocks may be two hours ahead.
 */
const CLOCKS_AHEAD_SECONDS = 7200;
/** Upper limit for any window, whatever the blocks' times. */
const MAX_BLOCKS = 600;

/**
 * Brings the window in sync with the node: fetches missing blocks of the last hours and mempool
 * transactions within the window, and removes unconfirmed payments that the mempool lacks. The feed
 * continues meanwhile; each transaction counts once.
 *
 * Payments are removed only if the tip is the same before and after the mempool was read. Otherwise
 * a payment missing in the mempool may have been confirmed in between.
 * @throws errors of RPC calls. Transactions delivered until then stay, and none is removed.
 */
export async function syncWindow(options: SyncOptions): Promise<SyncResult> {
  const { node, window, now, checkClock, signal } = options;
  let blocks = 0;
  for (let attempt = 0; ; attempt++) {
    const { tipBefore, tip } =
      attempt === 0 && options.first !== undefined
        ? options.first
        : { tipBefore: window.tipHash(), tip: await node.getBlockchainInfo({ signal }) };
    if (attempt < MAX_ATTEMPTS && rewound(window, tipBefore, tip.bestBlockHash)) continue;
    blocks += await fetchBlocks(options, tip);
    const { loaded } = await node.getMempoolInfo({ signal });
    options.onMempoolLoaded?.(loaded);
    if (!loaded) return { height: tip.blocks, tip, mempoolLoaded: false, blocks, transactions: 0, removed: 0 };
    const askedAt = now();
    const poll = window.pollMempool();
    const mempool = await readMempool(options, poll);
    const after = await node.getBlockchainInfo({ signal });
    // A clock step invalidates the results.
    checkClock();
    signal.throwIfAborted();
    const isSameTip = after.bestBlockHash === tip.bestBlockHash;
    if (!isSameTip && attempt + 1 < MAX_ATTEMPTS) continue;

    const removed = isSameTip ? removeVanished(window, poll, askedAt) : 0;
    for (const txid of mempool.old.txids()) if (!window.has(txid)) window.rememberExpired(txid);
    poll.forgetExpired();
    const transactions = await fetchTransactions(options, mempool.young);
    return { height: after.blocks, tip: after, mempoolLoaded: true, blocks, transactions, removed };
  }
}

/** Mempool entries that the window does not know. */
interface UnknownEntries {
  /** Within the window: to be fetched. */
  readonly young: EntryList;
  /** Older than the window. */
  readonly old: EntryList;
}

async function readMempool(options: SyncOptions, poll: MempoolPoll): Promise<UnknownEntries> {
  const { node, windowSeconds, now, signal } = options;
  const unknown: UnknownEntries = { young: new EntryList(), old: new EntryList() };
  for await (const entry of node.getMempoolEntries({ signal }))
    if (!poll.add(entry.txid)) unknown[entry.time >= now() - windowSeconds ? "young" : "old"].add(entry);
  return unknown;
}

/**
 * Removes blocks that the node lost: a killed node may restart with fewer blocks without announcing
 * a disconnection. The window's tip is from before the call, so a lower node tip means that the
 * node no longer has it.
 * @returns whether blocks were removed.
 */
function rewound(window: SyncedWindow, tipBefore: string | null, nodeTip: string): boolean {
  if (tipBefore === null || tipBefore === nodeTip || tipBefore !== window.tipHash() || !window.hasBlock(nodeTip))
    return false;
  window.rewindTo(nodeTip);
  return true;
}

/**
 * Fetches and delivers the missing blocks of the last hours, oldest first.
 * @returns their number.
 */
async function fetchBlocks(options: SyncOptions, tip: BlockchainInfo): Promise<number> {
  const { node, window, signal } = options;
  const wanted = await missingBlocks(options, tip);
  let delivered = 0;
  for (const [index, header] of wanted.entries()) {
    options.onBlocks?.(index, wanted.length);
    // A block that is held need not be fetched, unless one below it was delivered.
    if (delivered === 0 && window.holdsBlock(header.hash)) continue;
    const rawBytes = await node.getBlock(header.hash, { signal });
    // A miner's clock may be ahead.
    window.block(rawBytes, header.height, Math.min(header.time, options.now()));
    delivered++;
  }
  signal.throwIfAborted();
  window.blocksAreComplete();
  return delivered;
}

/** Headers of the missing blocks, oldest first. */
async function missingBlocks(options: SyncOptions, tip: BlockchainInfo): Promise<BlockHeader[]> {
  const { node, window, blockSeconds, now, signal } = options;
  const headers: BlockHeader[] = [];
  let oldest = now() - blockSeconds;
  let hash: string | null = tip.bestBlockHash;
  while (hash !== null && !window.hasBlock(hash) && headers.length < MAX_BLOCKS) {
    const header: BlockHeader = await node.getBlockHeader(hash, { signal });
    // After a long time without blocks the newest ones count whatever their age.
    if (headers.length === 0) oldest = Math.min(oldest, header.time - blockSeconds);
    // Block times are not ordered: a block below one that is too old may be recent enough.
    if (header.time < oldest - CLOCKS_AHEAD_SECONDS || header.height < (tip.pruneHeight ?? 0)) break;
    headers.push(header);
    hash = header.previousBlockHash;
  }
  headers.reverse();
  const first = headers.findIndex(({ time }) => time >= oldest);
  return first < 0 ? [] : headers.slice(first);
}

function removeVanished(window: SyncedWindow, poll: MempoolPoll, askedAt: number): number {
  const vanished = poll.vanished(askedAt);
  for (const txid of vanished) window.removed(txid);
  return vanished.length;
}

async function fetchTransactions(options: SyncOptions, missing: EntryList): Promise<number> {
  const { node, window, signal } = options;
  /** Arrival times of requested transactions, in order. */
  const times: number[] = [];
  // Parents first, so that rule 6 of the filter rejects their children.
  function* txids(): Generator<string> {
    for (const { txid, time } of missing.parentsFirst()) {
      times.push(time);
      yield txid;
    }
  }
  let count = 0;
  // Answers arrive in the order of the requests.
  for await (const { txid, rawBytes } of node.getRawTransactions(txids(), { signal })) {
    const time = times.shift();
    // The node no longer has it, or the feed announced its removal meanwhile.
    if (time === undefined || rawBytes === null || options.wasRemoved(txid)) continue;
    // The node's clock may be ahead.
    window.transaction(rawBytes, Math.min(time, options.now()));
    count++;
  }
  return count;
}
