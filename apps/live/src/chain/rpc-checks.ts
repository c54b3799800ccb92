import { type BlockchainInfo, type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { lackOfBlocks } from "./chain-sync.ts";
import { type CheckName, type Finding, finding } from "./finding.ts";
import { relayProblem } from "./relay-problem.ts";

/** Bitcoin Core 25.0, the oldest version tested. */
export const MIN_NODE_VERSION = 250_000;

/**
 * Block times may be up to two hours ahead (consensus rule). A local clock further behind a block
 * time is wrong.
 */
const MAX_SECONDS_AHEAD = 7_200;
/** Mempool entries carry the node's time. A larger difference would shift the window. */
const MAX_CLOCK_SKEW_SECONDS = 5;

/** A cheap variant of every RPC call that the service makes. */
const PROBES: readonly (readonly [method: string, params: readonly unknown[]])[] = [
  ["getblockchaininfo", []],
  ["getnetworkinfo", []],
  ["getmempoolinfo", []],
  ["getrawmempool", [false, true]],
  ["getrawtransaction", ["00".repeat(32)]],
  ["getblockhash", [0]],
  ["getblockheader", ["00".repeat(32)]],
  ["getblock", ["00".repeat(32), 0]],
  ["getbestblockhash", []],
  ["getzmqnotifications", []],
];

export interface RpcChecks {
  readonly findings: readonly Finding[];
  /** Whether the node answered at all. */
  readonly reachable: boolean;
  /** The node's version; null if unknown. */
  readonly version: number | null;
}

/**
 * Checks the node over RPC.
 * @param chain chain required by the settings; null: any.
 * @param now Unix seconds.
 */
export async function checkRpc(node: NodeRpc, chain: string | null, now: () => number): Promise<RpcChecks> {
  try {
    const info = await node.getBlockchainInfo();
    const network = await node.getNetworkInfo();
    const { version, subversion } = network;
    const lack = lackOfBlocks(info);
    const relay = relayProblem(network, info.chain);
    return {
      reachable: true,
      version,
      findings: [
        finding("rpc", "ok", "the node answers RPC calls"),
        version >= MIN_NODE_VERSION
          ? finding("version", "ok", `the node is ${subversion}`)
          : finding("version", "failed", `the node is ${subversion}: 25.0 or later is needed; update it`),
        chain === null || info.chain === chain
          ? finding("chain", info.chain === "main" || chain !== null ? "ok" : "warning", chainSentence(info.chain))
          : finding("chain", "failed", `the node is on chain ${info.chain}, but --chain is ${chain}`),
        lack === null
          ? finding("synced", "ok", `the node is synced to height ${info.blocks}`)
          : finding("synced", "failed", `the node ${lack}: wait until it is synced`),
        finding("history", "ok", historySentence(info)),
        relay === null
          ? finding("relay", "ok", relaySentence(network.connections))
          : finding("relay", "failed", relay.message),
        await checkRights(node),
        await checkClock(node, info.bestBlockHash, now),
      ],
    };
  } catch (error) {
    if (!(error instanceof NodeRpcError)) throw error;
    const notChecked = (...checks: CheckName[]): Finding[] =>
      checks.map((check) => finding(check, "unknown", "not checked: RPC failed"));
    // After one forbidden call, list all of them: they are added to the whitelist together.
    const rights = error.code === "forbidden" ? [await checkRights(node)] : notChecked("rpc_rights");
    return {
      reachable: false,
      version: null,
      findings: [
        finding("rpc", "failed", withoutMethod(error.message), isSilent(error) ? NEEDED_LINES : []),
        ...notChecked("version", "chain", "synced", "history", "relay"),
        ...rights,
        ...notChecked("clock"),
      ],
    };
  }
}

function chainSentence(chain: string): string {
  return chain === "main"
    ? "the node is on the main chain"
    : `the node is on chain ${chain}, where coins have no dollar value`;
}

/** Whether the node may not be running, or without `server=1`. */
const isSilent = ({ code }: NodeRpcError): boolean => code === "unreachable" || code === "cookie_missing";

/** All lines of bitcoin.conf that the service needs. */
const NEEDED_LINES = [
  "server=1",
  "zmqpubrawtx=tcp://127.0.0.1:28332",
  "zmqpubrawblock=tcp://127.0.0.1:28333",
  "zmqpubsequence=tcp://127.0.0.1:28334",
  "zmqpubrawtxhwm=0",
  "zmqpubsequencehwm=0",
];

function historySentence({ pruned, pruneHeight, blocks }: BlockchainInfo): string {
  if (!pruned) return "the node keeps all blocks";
  if (pruneHeight === null) return "the node is pruned and keeps all blocks so far";
  const days = Math.floor((blocks - pruneHeight) / 144);
  const span = days < 1 ? "less than a day" : days === 1 ? "the last day" : `the last ${days} days`;
  return `the node is pruned and keeps ${span} of blocks; prices of earlier days need another source`;
}

/** Only a regtest node passes the check without peers. */
const relaySentence = (peers: number): string =>
  peers === 0
    ? "the node accepts transactions; on regtest it needs no peers"
    : `the node receives transactions from its peers (${peers} connected)`;

/** A person who runs `doctor` called no RPC method. */
const withoutMethod = (message: string): string => message.replace(/^[a-z]+: /, "");

async function checkRights(node: NodeRpc): Promise<Finding> {
  const forbidden: string[] = [];
  for (const [method, params] of PROBES) {
    try {
      await node.call(method, params);
    } catch (error) {
      if (!(error instanceof NodeRpcError)) throw error;
      // "No such transaction" is a valid answer. Only a refusal counts.
      if (error.code === "forbidden" || error.code === "unauthorized") forbidden.push(method);
      else if (error.code !== "rpc_error") throw error;
    }
  }
  return forbidden.length === 0
    ? finding("rpc_rights", "ok", "all required RPC calls are allowed")
    : finding(
        "rpc_rights",
        "failed",
        `the node forbids this user to call ${forbidden.join(", ")}: add them to its rpcwhitelist`,
      );
}

/** Compares the node's clock with this machine's. */
async function checkClock(node: NodeRpc, tipHash: string, now: () => number): Promise<Finding> {
  const askedAt = now();
  const nodeClock = await clockOf(node);
  const answeredAt = now();
  // Without the node's time, its last block still shows whether this clock is far behind.
  const behind =
    nodeClock === null
      ? (await node.getBlockHeader(tipHash)).time - MAX_SECONDS_AHEAD - answeredAt
      : nodeClock - answeredAt;
  const ahead = nodeClock === null ? 0 : askedAt - nodeClock;
  const skew = Math.max(behind, ahead);
  if (skew > MAX_CLOCK_SKEW_SECONDS) {
    const side = behind > ahead ? "behind" : "ahead of";
    return finding(
      "clock",
      "failed",
      `this machine's clock is ${Math.ceil(skew)} s ${side} the node's: set both (NTP)`,
    );
  }
  return finding(
    "clock",
    "ok",
    nodeClock === null
      ? "this machine's clock is not behind the node's last block"
      : "this machine's clock and the node's agree",
  );
}

/** The node's clock, Unix seconds; null if the call is forbidden. */
async function clockOf(node: NodeRpc): Promise<number | null> {
  try {
    const answer = await node.call("getnettotals");
    if (typeof answer !== "object" || answer === null || !("timemillis" in answer)) return null;
    return typeof answer.timemillis === "number" ? answer.timemillis / 1000 : null;
  } catch (error) {
    if (error instanceof NodeRpcError && (error.code === "forbidden" || error.code === "rpc_error")) return null;
    throw error;
  }
}
