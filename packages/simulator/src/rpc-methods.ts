import { type NodePublisher, TOPICS } from "./node-publisher.ts";
import { RPC_ERRORS, RpcCallError } from "./rpc-error.ts";
import { HEADER_BITS, type SimulatedBlock } from "./simulated-block.ts";
import type { MempoolEntry } from "./simulated-mempool.ts";
import type { Simulation } from "./simulation.ts";

const SATS_PER_BTC = 100_000_000;

/** State used by the RPC methods. */
export interface RpcNode {
  readonly simulation: Simulation;
  readonly publisher: () => NodePublisher;
  readonly highWaterMark: number;
  readonly chain: string;
  readonly version: number;
  readonly subversion: string;
  /** Unix seconds. */
  readonly now: () => number;
}

type Parameters = readonly unknown[];
type Method = (node: RpcNode, parameters: Parameters) => unknown;

/** RPC methods by name. Results have Bitcoin Core's format. */
export const RPC_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["getblockchaininfo", getBlockchainInfo],
  ["getnetworkinfo", getNetworkInfo],
  ["getzmqnotifications", getZmqNotifications],
  ["getmempoolinfo", getMempoolInfo],
  ["getrawmempool", getRawMempool],
  ["getmempoolentry", getMempoolEntry],
  ["getrawtransaction", getRawTransaction],
  ["getbestblockhash", ({ simulation }) => simulation.tip.hash],
  ["getblockcount", ({ simulation }) => simulation.tip.height],
  ["getblockhash", getBlockHash],
  ["getblockheader", getBlockHeader],
  ["getblock", getBlock],
  ["uptime", ({ simulation }) => Math.max(0, Math.floor(simulation.time))],
]);

function getBlockchainInfo({ simulation, chain, now }: RpcNode): unknown {
  const { tip, blocks } = simulation;
  return {
    chain,
    blocks: tip.height,
    headers: tip.height,
    bestblockhash: tip.hash,
    bits: HEADER_BITS.toString(16),
    difficulty: 4.656542373906925e-10,
    time: tip.timestamp,
    mediantime: medianTime(blocks, blocks.length - 1),
    verificationprogress: 1,
    initialblockdownload: false,
    size_on_disk: 0,
    pruned: true,
    pruneheight: (blocks.find(({ transactions }) => transactions !== null) ?? tip).height,
    automatic_pruning: false,
    warnings: [`This is a simulation (${new Date(now() * 1000).toISOString()}): nothing here is real.`],
  };
}

function getNetworkInfo({ version, subversion }: RpcNode): unknown {
  return {
    version,
    subversion,
    protocolversion: 70016,
    localservices: "0000000000000408",
    localservicesnames: ["WITNESS", "NETWORK_LIMITED"],
    localrelay: true,
    timeoffset: 0,
    networkactive: true,
    connections: 8,
    connections_in: 0,
    connections_out: 8,
    networks: [],
    relayfee: 0.00001,
    incrementalfee: 0.00001,
    localaddresses: [],
    warnings: [],
  };
}

function getZmqNotifications({ publisher, highWaterMark }: RpcNode): unknown {
  const { endpoints } = publisher();
  return TOPICS.flatMap((topic) => {
    const address = endpoints[topic];
    return address === undefined ? [] : [{ type: `pub${topic}`, address, hwm: highWaterMark }];
  });
}

function getMempoolInfo({ simulation: { mempool } }: RpcNode): unknown {
  return {
    loaded: true,
    size: mempool.size,
    bytes: mempool.totalVsize,
    usage: mempool.totalVsize * 4,
    total_fee: mempool.totalFeeSats / SATS_PER_BTC,
    maxmempool: 300_000_000,
    mempoolminfee: 0.00001,
    minrelaytxfee: 0.00001,
    incrementalrelayfee: 0.00001,
    unbroadcastcount: 0,
    fullrbf: true,
  };
}

function getRawMempool(node: RpcNode, parameters: Parameters): unknown {
  const { mempool } = node.simulation;
  const verbose = flag(parameters, 0, "verbose", false);
  const withSequence = flag(parameters, 1, "mempool_sequence", false);
  if (verbose) {
    if (withSequence) {
      const message = "Verbose results cannot contain mempool sequence values.";
      throw new RpcCallError(RPC_ERRORS.invalidParameter, message);
    }
    const entries: { [txid: string]: unknown } = {};
    for (const entry of mempool.entries()) entries[entry.transaction.txid] = describeEntry(node, entry);
    return entries;
  }
  const txids = [...mempool.txids()];
  return withSequence ? { txids, mempool_sequence: mempool.nextSequence } : txids;
}

function getMempoolEntry(node: RpcNode, parameters: Parameters): unknown {
  const entry = node.simulation.mempool.get(hexParameter(parameters, 0, "txid"));
  if (entry === undefined) throw new RpcCallError(RPC_ERRORS.invalidAddressOrKey, "Transaction not in mempool");
  return describeEntry(node, entry);
}

function getRawTransaction(node: RpcNode, parameters: Parameters): unknown {
  const txid = hexParameter(parameters, 0, "txid");
  const verbosity = Number(parameters[1] ?? 0);
  const transaction = node.simulation.mempool.get(txid)?.transaction;
  if (transaction === undefined) {
    const message =
      "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. " +
      "Use gettransaction for wallet transactions.";
    throw new RpcCallError(RPC_ERRORS.invalidAddressOrKey, message);
  }
  const hex = transaction.rawBytes.toString("hex");
  if (verbosity === 0) return hex;
  const { wtxid, vsize, weight, rawBytes } = transaction;
  return { txid, hash: wtxid, size: rawBytes.length, vsize, weight, hex };
}

function getBlockHash({ simulation }: RpcNode, parameters: Parameters): unknown {
  const height = parameters[0];
  if (typeof height !== "number" || !Number.isInteger(height)) {
    throw new RpcCallError(RPC_ERRORS.typeError, "JSON value of type string is not of expected type number");
  }
  const block = simulation.blocks[height - simulation.blocks[0]!.height];
  if (block === undefined) throw new RpcCallError(RPC_ERRORS.invalidParameter, "Block height out of range");
  return block.hash;
}

function getBlockHeader(node: RpcNode, parameters: Parameters): unknown {
  const [block, index] = findBlock(node, parameters);
  const verbose = flag(parameters, 1, "verbose", true);
  return verbose ? describeHeader(node, block, index) : block.header.toString("hex");
}

function getBlock(node: RpcNode, parameters: Parameters): unknown {
  const [block, index] = findBlock(node, parameters);
  const verbosity = Number(parameters[1] ?? 1);
  const { transactions } = block;
  if (transactions === null) throw new RpcCallError(RPC_ERRORS.misc, "Block not available (pruned data)");
  if (verbosity === 0) return block.toBytes()?.toString("hex");
  return { ...describeHeader(node, block, index), tx: transactions.map(({ txid }) => txid) };
}

function findBlock({ simulation }: RpcNode, parameters: Parameters): [SimulatedBlock, number] {
  const hash = hexParameter(parameters, 0, "blockhash");
  const index = simulation.blocks.findIndex((block) => block.hash === hash);
  const block = simulation.blocks[index];
  if (block === undefined) throw new RpcCallError(RPC_ERRORS.invalidAddressOrKey, "Block not found");
  return [block, index];
}

function describeHeader({ simulation }: RpcNode, block: SimulatedBlock, index: number): object {
  const next = simulation.blocks[index + 1];
  return {
    hash: block.hash,
    confirmations: simulation.tip.height - block.height + 1,
    height: block.height,
    version: block.header.readInt32LE(0),
    versionHex: block.header.readUInt32LE(0).toString(16).padStart(8, "0"),
    merkleroot: block.merkleRoot,
    time: block.timestamp,
    mediantime: medianTime(simulation.blocks, index),
    nonce: block.nonce,
    bits: HEADER_BITS.toString(16),
    difficulty: 4.656542373906925e-10,
    chainwork: (2n * BigInt(block.height)).toString(16).padStart(64, "0"),
    nTx: block.transactionCount,
    // The oldest block here acts as the genesis block.
    ...(index === 0 ? {} : { previousblockhash: block.previousHash }),
    ...(next === undefined ? {} : { nextblockhash: next.hash }),
  };
}

/** Median time of the block and the ten before it, if stored. */
function medianTime(blocks: readonly SimulatedBlock[], index: number): number {
  const times = blocks.slice(Math.max(0, index - 10), index + 1).map(({ timestamp }) => timestamp);
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

function describeEntry({ simulation }: RpcNode, { transaction, enteredAt, height }: MempoolEntry): object {
  const { mempool } = simulation;
  const inMempool = (txid: string) => mempool.has(txid);
  const { vsize, weight, wtxid, feeSats } = transaction;
  const fee = feeSats / SATS_PER_BTC;
  return {
    vsize,
    weight,
    time: Math.floor(simulation.startTimestamp + enteredAt),
    height,
    descendantcount: 1,
    descendantsize: vsize,
    ancestorcount: 1,
    ancestorsize: vsize,
    wtxid,
    fees: { base: fee, modified: fee, ancestor: fee, descendant: fee },
    depends: transaction.parents.map(({ txid }) => txid).filter(inMempool),
    spentby: (transaction.children ?? []).map(({ txid }) => txid).filter(inMempool),
    "bip125-replaceable": true,
    unbroadcast: false,
  };
}

function flag(parameters: Parameters, index: number, name: string, fallback: boolean): boolean {
  const value = parameters[index] ?? fallback;
  if (typeof value === "boolean") return value;
  const message = `JSON value of type ${typeof value} for ${name} is not of expected type bool`;
  throw new RpcCallError(RPC_ERRORS.typeError, message);
}

function hexParameter(parameters: Parameters, index: number, name: string): string {
  const value = parameters[index];
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/i.test(value)) {
    const message = `${name} must be of length 64 and hexadecimal (not '${String(value)}')`;
    throw new RpcCallError(RPC_ERRORS.invalidParameter, message);
  }
  return value.toLowerCase();
}
