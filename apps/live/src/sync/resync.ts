import type { MempoolLook } from "@utxoracle/estimator";
import type { BlockchainInfo, BlockHeader, NodeRpc } from "@utxoracle/node-rpc";
import type { ResyncWindow } from "../ingest/feed.ts";
import { EntryList } from "./entry-list.ts";

/** The calls that a resync needs. */
export type ResyncNode = Pick<
  NodeRpc,
  "getBlockchainInfo" | "getMempoolInfo" | "getMempoolEntries" | "getRawTransactions" | "getBlockHeader" | "getBlock"
>;

export interface ResyncOptions {
  readonly node: ResyncNode;
  readonly window: ResyncWindow;
  readonly windowSeconds: number;
  /** How far back blocks are wanted, seconds. */
  readonly blockSeconds: number;
  /** Unix seconds. */
  readonly now: () => number;
  /** Aborts `signal` when the clock was set since the last call. */
  readonly checkClock: () => void;
  /** Whether the feed reported the removal of a transaction since the resync began: then it is not fetched back in. */
  readonly wasRemoved: (txid: string) => boolean;
  /** Told, before the mempool is asked for, whether the node has read its saved one. */
  readonly onMempoolLoaded?: (loaded: boolean) => void;
  readonly signal: AbortSignal;
}

/** What a resync brought. */
export interface ResyncResult {
  readonly height: number;
  /** False while the node still reads its saved mempool: then what the window holds unconfirmed is left as it is. */
  readonly mempoolLoaded: boolean;
  readonly blocks: number;
  readonly transactions: number;
  readonly removed: number;
}

/** Blocks may come while the mempool is read; more than this in a row means that the node is syncing itself. */
const MOST_ATTEMPTS = 8;
/** How far a block's time may lie below that of an earlier one: miners' clocks may be two hours ahead. */
const CLOCKS_AHEAD_SECONDS = 7200;
/** A chain of blocks this long is more than any window needs, whatever its blocks' times say. */
const MOST_BLOCKS = 600;

/**
 * Makes the window equal to the node: the blocks of the last hours, the mempool's entries younger than the window, and
 * nothing unconfirmed that the mempool has not. The feed may go on meanwhile: what it brings counts once.
 * Between two looks at the tip nothing was confirmed, so what is missing from the mempool in between is really gone.
 * @throws whatever a call to the node throws; then nothing delivered is taken back, and nothing removed.
 */
export async function resync(options: ResyncOptions): Promise<ResyncResult> {
  const { node, window, now, checkClock, signal } = options;
  let blocks = 0;
  for (let attempt = 0; ; attempt++) {
    const tipBefore = window.tipHash();
    const tip = await node.getBlockchainInfo({ signal });
    if (attempt < MOST_ATTEMPTS && rewound(window, tipBefore, tip.bestBlockHash)) continue;
    blocks += await fetchBlocks(options, tip);
    const { loaded } = await node.getMempoolInfo({ signal });
    options.onMempoolLoaded?.(loaded);
    if (!loaded) return { height: tip.blocks, mempoolLoaded: false, blocks, transactions: 0, removed: 0 };
    const askedAt = now();
    const look = window.lookAtMempool();
    const mempool = await readMempool(options, look);
    const after = await node.getBlockchainInfo({ signal });
    // What was found by another clock does not count.
    checkClock();
    signal.throwIfAborted();
    const isSettled = after.bestBlockHash === tip.bestBlockHash;
    if (!isSettled && attempt + 1 < MOST_ATTEMPTS) continue;

    const removed = isSettled ? removeVanished(window, look, askedAt) : 0;
    for (const txid of mempool.old.txids()) if (!window.has(txid)) window.rememberExpired(txid);
    look.forgetExpired();
    const transactions = await fetchTransactions(options, mempool.young);
    return { height: after.blocks, mempoolLoaded: true, blocks, transactions, removed };
  }
}

/** What of the mempool the window does not know. */
interface UnknownEntries {
  /** Younger than the window: to be fetched. */
  readonly young: EntryList;
  /** Older than the window. */
  readonly old: EntryList;
}

async function readMempool(options: ResyncOptions, look: MempoolLook): Promise<UnknownEntries> {
  const { node, windowSeconds, now, signal } = options;
  const unknown: UnknownEntries = { young: new EntryList(), old: new EntryList() };
  for await (const entry of node.getMempoolEntries({ signal }))
    if (!look.add(entry.txid)) unknown[entry.time >= now() - windowSeconds ? "young" : "old"].add(entry);
  return unknown;
}

/**
 * A node that was killed may come back with fewer blocks, and tells nobody. The block that was ours before we asked had
 * been published by then: where the node's chain ends below it, it has lost it. @returns whether blocks were taken away.
 */
function rewound(window: ResyncWindow, tipBefore: string | null, nodeTip: string): boolean {
  if (tipBefore === null || tipBefore === nodeTip || tipBefore !== window.tipHash() || !window.hasBlock(nodeTip))
    return false;
  window.rewindTo(nodeTip);
  return true;
}

/** Delivers the blocks that the window lacks, oldest first: those of the last hours before the newest one. */
async function fetchBlocks(options: ResyncOptions, tip: BlockchainInfo): Promise<number> {
  const { node, window, signal } = options;
  const wanted = await missingBlocks(options, tip);
  let delivered = 0;
  for (const header of wanted) {
    // What is held stays where nothing came below it.
    if (delivered === 0 && window.holdsBlock(header.hash)) continue;
    const rawBytes = await node.getBlock(header.hash, { signal });
    // A miner's clock may run ahead; nothing has arrived in the future.
    window.block(rawBytes, header.height, Math.min(header.time, options.now()));
    delivered++;
  }
  signal.throwIfAborted();
  window.blocksAreComplete();
  return delivered;
}

/** Headers of the blocks from the oldest one wanted to the tip, down to where the window has all; oldest first. */
async function missingBlocks(options: ResyncOptions, tip: BlockchainInfo): Promise<BlockHeader[]> {
  const { node, window, blockSeconds, now, signal } = options;
  const headers: BlockHeader[] = [];
  let oldest = now() - blockSeconds;
  let hash: string | null = tip.bestBlockHash;
  while (hash !== null && !window.hasBlock(hash) && headers.length < MOST_BLOCKS) {
    const header: BlockHeader = await node.getBlockHeader(hash, { signal });
    // Blocks may have failed to come for a while; the newest are wanted whatever their age.
    if (headers.length === 0) oldest = Math.min(oldest, header.time - blockSeconds);
    // Times are not quite in order: below one that is too old there may be one that is not.
    if (header.time < oldest - CLOCKS_AHEAD_SECONDS || header.height < (tip.pruneHeight ?? 0)) break;
    headers.push(header);
    hash = header.previousBlockHash;
  }
  headers.reverse();
  const first = headers.findIndex(({ time }) => time >= oldest);
  return first < 0 ? [] : headers.slice(first);
}

function removeVanished(window: ResyncWindow, look: MempoolLook, askedAt: number): number {
  const vanished = look.vanished(askedAt);
  for (const txid of vanished) window.removed(txid);
  return vanished.length;
}

async function fetchTransactions(options: ResyncOptions, missing: EntryList): Promise<number> {
  const { node, window, signal } = options;
  // Of those asked for and not answered yet.
  const times: number[] = [];
  // Parents before children: a child of a held transaction is no payment (rule 6).
  function* txids(): Generator<string> {
    for (const { txid, time } of missing.parentsFirst()) {
      times.push(time);
      yield txid;
    }
  }
  let count = 0;
  // They come in the order in which they are asked for.
  for await (const { txid, rawBytes } of node.getRawTransactions(txids(), { signal })) {
    const time = times.shift();
    // Gone in between, or taken out by the feed while it was fetched.
    if (time === undefined || rawBytes === null || options.wasRemoved(txid)) continue;
    // A node's clock may have run ahead; nothing has arrived in the future.
    window.transaction(rawBytes, Math.min(time, options.now()));
    count++;
  }
  return count;
}
