import type { MempoolLook } from "@utxoracle/estimator";
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
  /** Whether the feed announced the removal of a transaction since the sync began: it is not fetched back then. */
  readonly wasRemoved: (txid: string) => boolean;
  /** Called before the mempool is requested: whether the node has read its saved one. */
  readonly onMempoolLoaded?: (loaded: boolean) => void;
  /** The node's tip, if it was just asked for, and the window's before that call. */
  readonly first?: { readonly tipBefore: string | null; readonly tip: BlockchainInfo };
  readonly signal: AbortSignal;
}

/** What a sync changed. */
export interface SyncResult {
  readonly height: number;
  /** The node's tip at the end. */
  readonly tip: BlockchainInfo;
  /** False while the node reads its saved mempool: unconfirmed entries of the window are left unchanged then. */
  readonly mempoolLoaded: boolean;
  readonly blocks: number;
  readonly transactions: number;
  readonly removed: number;
}

/** Blocks may arrive while the mempool is read; more than this in a row means that the node itself is syncing. */
const MAX_ATTEMPTS = 8;
/** How far a block's time may lie below an earlier block's: miners' clocks may be two hours ahead. */
const CLOCKS_AHEAD_SECONDS = 7200;
/** More blocks than any window needs, whatever the blocks' times. */
const MAX_BLOCKS = 600;

/**
 * Brings the window in sync with the node: the blocks of the last hours, the mempool's entries younger than the window,
 * and nothing unconfirmed that the mempool lacks. The feed may go on meanwhile: each transaction counts once.
 *
 * If the tip is the same before and after the mempool was read, nothing was confirmed in between, so what the mempool
 * lacks is really gone.
 * @throws what a call to the node throws; nothing delivered is taken back then, and nothing removed.
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
    const look = window.lookAtMempool();
    const mempool = await readMempool(options, look);
    const after = await node.getBlockchainInfo({ signal });
    // Results from before a clock step do not count.
    checkClock();
    signal.throwIfAborted();
    const isSettled = after.bestBlockHash === tip.bestBlockHash;
    if (!isSettled && attempt + 1 < MAX_ATTEMPTS) continue;

    const removed = isSettled ? removeVanished(window, look, askedAt) : 0;
    for (const txid of mempool.old.txids()) if (!window.has(txid)) window.rememberExpired(txid);
    look.forgetExpired();
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

async function readMempool(options: SyncOptions, look: MempoolLook): Promise<UnknownEntries> {
  const { node, windowSeconds, now, signal } = options;
  const unknown: UnknownEntries = { young: new EntryList(), old: new EntryList() };
  for await (const entry of node.getMempoolEntries({ signal }))
    if (!look.add(entry.txid)) unknown[entry.time >= now() - windowSeconds ? "young" : "old"].add(entry);
  return unknown;
}

/**
 * A node that was killed may come back with fewer blocks and announces no disconnection. The window's tip from before the
 * call had been published by then: if the node's chain ends below it, the node lost it. @returns whether blocks were
 * removed.
 */
function rewound(window: SyncedWindow, tipBefore: string | null, nodeTip: string): boolean {
  if (tipBefore === null || tipBefore === nodeTip || tipBefore !== window.tipHash() || !window.hasBlock(nodeTip))
    return false;
  window.rewindTo(nodeTip);
  return true;
}

/** Delivers the blocks of the last hours that the window lacks, oldest first. */
async function fetchBlocks(options: SyncOptions, tip: BlockchainInfo): Promise<number> {
  const { node, window, signal } = options;
  const wanted = await missingBlocks(options, tip);
  let delivered = 0;
  for (const header of wanted) {
    // A held block stays unless one below it was delivered.
    if (delivered === 0 && window.holdsBlock(header.hash)) continue;
    const rawBytes = await node.getBlock(header.hash, { signal });
    // A miner's clock may be ahead; nothing arrives in the future.
    window.block(rawBytes, header.height, Math.min(header.time, options.now()));
    delivered++;
  }
  signal.throwIfAborted();
  window.blocksAreComplete();
  return delivered;
}

/** Headers of the missing blocks, from the oldest wanted one, or the first not held, to the tip. */
async function missingBlocks(options: SyncOptions, tip: BlockchainInfo): Promise<BlockHeader[]> {
  const { node, window, blockSeconds, now, signal } = options;
  const headers: BlockHeader[] = [];
  let oldest = now() - blockSeconds;
  let hash: string | null = tip.bestBlockHash;
  while (hash !== null && !window.hasBlock(hash) && headers.length < MAX_BLOCKS) {
    const header: BlockHeader = await node.getBlockHeader(hash, { signal });
    // Blocks may not have arrived for a while; the newest are wanted whatever their age.
    if (headers.length === 0) oldest = Math.min(oldest, header.time - blockSeconds);
    // Times are not strictly ordered: below a block that is too old there may be one that is not.
    if (header.time < oldest - CLOCKS_AHEAD_SECONDS || header.height < (tip.pruneHeight ?? 0)) break;
    headers.push(header);
    hash = header.previousBlockHash;
  }
  headers.reverse();
  const first = headers.findIndex(({ time }) => time >= oldest);
  return first < 0 ? [] : headers.slice(first);
}

function removeVanished(window: SyncedWindow, look: MempoolLook, askedAt: number): number {
  const vanished = look.vanished(askedAt);
  for (const txid of vanished) window.removed(txid);
  return vanished.length;
}

async function fetchTransactions(options: SyncOptions, missing: EntryList): Promise<number> {
  const { node, window, signal } = options;
  // Of requested entries without an answer.
  const times: number[] = [];
  // Parents before children: a child of a held transaction is no payment (rule 6).
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
    // Gone in between, or removed by the feed during the request.
    if (time === undefined || rawBytes === null || options.wasRemoved(txid)) continue;
    // A node's clock may be ahead; nothing arrives in the future.
    window.transaction(rawBytes, Math.min(time, options.now()));
    count++;
  }
  return count;
}
