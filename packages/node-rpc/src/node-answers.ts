import { AnswerFields, badAnswer } from "./answer-fields.ts";

/** All the bitcoin that there will be. */
const COINS_MAX = 21e6;

/** Of `getblockchaininfo`. */
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
  /** Lowest block that is still there in full; null when nothing was pruned. */
  readonly pruneHeight: number | null;
}

export function blockchainInfo(method: string, answer: unknown): BlockchainInfo {
  const fields = new AnswerFields(method, answer);
  return {
    chain: fields.chain("chain"),
    blocks: fields.height("blocks"),
    headers: fields.height("headers"),
    bestBlockHash: fields.hash("bestblockhash"),
    initialBlockDownload: fields.boolean("initialblockdownload"),
    // Versions before 28 gave a little over 1.
    verificationProgress: fields.number("verificationprogress", 0, 2),
    pruned: fields.boolean("pruned"),
    pruneHeight: fields.has("pruneheight") ? fields.height("pruneheight") : null,
  };
}

/** Of `getnetworkinfo`. */
export interface NetworkInfo {
  /** As in 250000 for 25.0. */
  readonly version: number;
  /** As in `/Satoshi:29.0.0/`. */
  readonly subversion: string;
  /** Whether the node speaks with other nodes at all (`setnetworkactive`). */
  readonly networkActive: boolean;
  /** Whether it takes transactions from its peers; false with `blocksonly=1`. */
  readonly localRelay: boolean;
  /** Peers that it is connected to. */
  readonly connections: number;
}

export function networkInfo(method: string, answer: unknown): NetworkInfo {
  const fields = new AnswerFields(method, answer);
  return {
    version: fields.count("version"),
    subversion: fields.name("subversion"),
    networkActive: fields.boolean("networkactive"),
    localRelay: fields.boolean("localrelay"),
    connections: fields.count("connections"),
  };
}

/** Of `getmempoolinfo`. */
export interface MempoolInfo {
  /** False while the node reads its saved mempool. */
  readonly loaded: boolean;
  /** Transactions. */
  readonly size: number;
  /** Their virtual bytes. */
  readonly bytes: number;
}

export function mempoolInfo(method: string, answer: unknown): MempoolInfo {
  const fields = new AnswerFields(method, answer);
  return { loaded: fields.boolean("loaded"), size: fields.count("size"), bytes: fields.count("bytes") };
}

/** One topic that the node publishes, of `getzmqnotifications`. */
export interface ZmqNotification {
  /** As in `pubrawtx`. */
  readonly type: string;
  /** Where the node listens, as in `tcp://0.0.0.0:28332`. */
  readonly address: string;
  /** Messages that wait for a slow reader before the node drops; 0: no limit. */
  readonly highWaterMark: number;
}

export function zmqNotifications(method: string, answer: unknown): ZmqNotification[] {
  if (!Array.isArray(answer)) throw badAnswer(method, "a list", answer);
  return answer.map((each: unknown) => {
    const fields = new AnswerFields(method, each);
    return { type: fields.name("type"), address: fields.name("address"), highWaterMark: fields.count("hwm") };
  });
}

/** Of `getblockheader`. */
export interface BlockHeader {
  readonly hash: string;
  readonly height: number;
  /** The miner's time, Unix seconds. */
  readonly time: number;
  /** -1 when the block is no longer in the best chain. */
  readonly confirmations: number;
  /** Null for the first block. */
  readonly previousBlockHash: string | null;
  readonly transactionCount: number;
}

export function blockHeader(method: string, answer: unknown): BlockHeader {
  const fields = new AnswerFields(method, answer);
  return {
    hash: fields.hash("hash"),
    height: fields.height("height"),
    time: fields.time("time"),
    confirmations: fields.whole("confirmations", -1, Number.MAX_SAFE_INTEGER),
    previousBlockHash: fields.has("previousblockhash") ? fields.hash("previousblockhash") : null,
    transactionCount: fields.count("nTx"),
  };
}

/** A transaction in the mempool, of `getrawmempool true`. */
export interface MempoolEntry {
  readonly txid: string;
  /** When it entered this node's mempool, Unix seconds. */
  readonly time: number;
  readonly vsize: number;
  /** Its own fee, without what its relatives pay. */
  readonly feeSats: number;
  /** Its parents that are in the mempool too. */
  readonly depends: readonly string[];
  /** Itself and all its ancestors in the mempool: a parent's count is always smaller than its child's. */
  readonly ancestorCount: number;
}

export function mempoolEntry(method: string, txid: string, answer: unknown): MempoolEntry {
  const fields = new AnswerFields(method, answer);
  return {
    txid,
    time: fields.time("time"),
    vsize: fields.count("vsize"),
    feeSats: Math.round(fields.nested("fees").number("base", 0, COINS_MAX) * 1e8),
    depends: fields.hashes("depends"),
    ancestorCount: fields.count("ancestorcount"),
  };
}
