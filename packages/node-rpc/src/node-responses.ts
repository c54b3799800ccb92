import { badResponse, ResponseFields } from "./response-fields.ts";

/** Maximum supply, BTC. */
const COINS_MAX = 21e6;

/** Result of `getblockchaininfo`. */
export interface BlockchainInfo {
  /** `main`, `test`, `testnet4`, `signet`, `regtest`. */
  readonly chain: string;
  /** Height of the best block. */
  readonly blocks: number;
  readonly headers: number;
  readonly bestBlockHash: string;
  readonly initialBlockDownload: boolean;
  /** 0..1. */
  readonly verificationProgress: number;
  readonly pruned: boolean;
  /** Lowest complete block stored; null if nothing was pruned. */
  readonly pruneHeight: number | null;
}

export function blockchainInfo(method: string, response: unknown): BlockchainInfo {
  const fields = new ResponseFields(method, response);
  return {
    chain: fields.chain("chain"),
    blocks: fields.height("blocks"),
    headers: fields.height("headers"),
    bestBlockHash: fields.hash("bestblockhash"),
    initialBlockDownload: fields.boolean("initialblockdownload"),
    // Versions before 28 return slightly more than 1.
    verificationProgress: fields.number("verificationprogress", 0, 2),
    pruned: fields.boolean("pruned"),
    // 0 as long as nothing was pruned.
    pruneHeight: fields.has("pruneheight") ? fields.height("pruneheight") || null : null,
  };
}

/** Result of `getnetworkinfo`. */
export interface NetworkInfo {
  /** E.g. 250000 for 25.0. */
  readonly version: number;
  /** E.g. `/Satoshi:29.0.0/`. */
  readonly subversion: string;
  /** Whether P2P networking is enabled (`setnetworkactive`). */
  readonly networkActive: boolean;
  /** Whether it accepts transactions from peers; false with `blocksonly=1`. */
  readonly localRelay: boolean;
  /** Number of connected peers. */
  readonly connections: number;
}

export function networkInfo(method: string, response: unknown): NetworkInfo {
  const fields = new ResponseFields(method, response);
  return {
    version: fields.count("version"),
    subversion: fields.name("subversion"),
    networkActive: fields.boolean("networkactive"),
    localRelay: fields.boolean("localrelay"),
    connections: fields.count("connections"),
  };
}

/** Result of `getmempoolinfo`. */
export interface MempoolInfo {
  /** False while the node loads its saved mempool. */
  readonly loaded: boolean;
  /** Number of transactions. */
  readonly size: number;
  /** Total virtual size of the transactions, vB. */
  readonly bytes: number;
}

export function mempoolInfo(method: string, response: unknown): MempoolInfo {
  const fields = new ResponseFields(method, response);
  return { loaded: fields.boolean("loaded"), size: fields.count("size"), bytes: fields.count("bytes") };
}

/** A published ZMQ topic, from `getzmqnotifications`. */
export interface ZmqNotification {
  /** E.g. `pubrawtx`. */
  readonly type: string;
  /** Address that the node binds to, e.g. `tcp://0.0.0.0:28332`. */
  readonly address: string;
  /** Messages queued per subscriber before the node drops; 0 means no limit. */
  readonly highWaterMark: number;
}

export function zmqNotifications(method: string, response: unknown): ZmqNotification[] {
  if (!Array.isArray(response)) throw badResponse(method, "a list", response);
  return response.map((each: unknown) => {
    const fields = new ResponseFields(method, each);
    return { type: fields.name("type"), address: fields.name("address"), highWaterMark: fields.count("hwm") };
  });
}

/** Result of `getblockheader`. */
export interface BlockHeader {
  readonly hash: string;
  readonly height: number;
  /** Header time set by the miner, Unix seconds. */
  readonly time: number;
  /** -1 if the block is not in the best chain. */
  readonly confirmations: number;
  /** Null for the first block. */
  readonly previousBlockHash: string | null;
  readonly transactionCount: number;
}

export function blockHeader(method: string, response: unknown): BlockHeader {
  const fields = new ResponseFields(method, response);
  return {
    hash: fields.hash("hash"),
    height: fields.height("height"),
    time: fields.time("time"),
    confirmations: fields.integer("confirmations", -1, Number.MAX_SAFE_INTEGER),
    previousBlockHash: fields.has("previousblockhash") ? fields.hash("previousblockhash") : null,
    transactionCount: fields.count("nTx"),
  };
}

/** A mempool transaction, from `getrawmempool true`. */
export interface MempoolEntry {
  readonly txid: string;
  /** Time of entry into this node's mempool, Unix seconds. */
  readonly time: number;
  readonly vsize: number;
  /** Its own fee, without ancestors and descendants. */
  readonly feeSats: number;
  /** Txids of its parents in the mempool. */
  readonly depends: readonly string[];
  /**
   * Number of ancestors in the mempool, itself included. Always smaller for a parent than for its
   * child.
   */
  readonly ancestorCount: number;
}

export function mempoolEntry(method: string, txid: string, response: unknown): MempoolEntry {
  const fields = new ResponseFields(method, response);
  return {
    txid,
    time: fields.time("time"),
    vsize: fields.count("vsize"),
    feeSats: Math.round(fields.nested("fees").number("base", 0, COINS_MAX) * 1e8),
    depends: fields.hashes("depends"),
    ancestorCount: fields.count("ancestorcount"),
  };
}
