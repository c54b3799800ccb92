import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { lackOfBlocks } from "./chain-sync.ts";
import { type CheckName, type Finding, finding } from "./finding.ts";
import { relayProblem } from "./relay-problem.ts";

/** Bitcoin Core 25.0, the oldest that the feed was tried with. */
export const LEAST_NODE_VERSION = 250_000;

/** A miner's clock may be two hours ahead (consensus rule of Bitcoin); a local clock that far behind is wrong. */
const MOST_SECONDS_AHEAD = 7_200;
/** The node stamps its mempool with its own clock; a difference over this shifts the window. */
const MOST_CLOCK_SKEW_SECONDS = 5;

/** Of every call that the service makes, one that costs the node nothing. */
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
  /** The node's version; null when it did not say. */
  readonly version: number | null;
}

/**
 * What the node says of itself over RPC.
 * @param chain the chain that the settings ask for; null: any.
 * @param now Unix seconds.
 */
export async function checkRpc(node: NodeRpc, chain: string | null, now: () => number): Promise<RpcChecks> {
  try {
    const info = await node.getBlockchainInfo();
    const network = await node.getNetworkInfo();
    const { version, subversion } = network;
    const lack = lackOfBlocks(info);
    const deaf = relayProblem(network, info.chain);
    return {
      reachable: true,
      version,
      findings: [
        finding("rpc", "ok", "the node answers over RPC"),
        version >= LEAST_NODE_VERSION
          ? finding("version", "ok", `the node is ${subversion}`)
          : finding("version", "failed", `the node is ${subversion}: 25.0 or later is needed; update it`),
        chain === null || info.chain === chain
          ? finding("chain", info.chain === "main" || chain !== null ? "ok" : "warning", chainSentence(info.chain))
          : finding("chain", "failed", `the node is on chain ${info.chain}, --chain asks for ${chain}`),
        lack === null
          ? finding("synced", "ok", `the node is synced to height ${info.blocks}`)
          : finding("synced", "failed", `the node ${lack}: wait until it is done`),
        deaf === null
          ? finding("relay", "ok", `the node takes transactions from its peers (${network.connections} connected)`)
          : finding("relay", "failed", deaf.message),
        await checkRights(node),
        await checkClock(node, info.bestBlockHash, now),
      ],
    };
  } catch (error) {
    if (!(error instanceof NodeRpcError)) throw error;
    const unmade = (...checks: CheckName[]): Finding[] =>
      checks.map((check) => finding(check, "unknown", "not checked: RPC does not serve"));
    // Of one forbidden call the others may be told: they go into the whitelist together.
    const rights = error.code === "forbidden" ? [await checkRights(node)] : unmade("rpc_rights");
    return {
      reachable: false,
      version: null,
      findings: [
        finding("rpc", "failed", error.message),
        ...unmade("version", "chain", "synced", "relay"),
        ...rights,
        ...unmade("clock"),
      ],
    };
  }
}

function chainSentence(chain: string): string {
  return chain === "main"
    ? "the node is on the main chain"
    : `the node is on chain ${chain}: amounts there mean nothing in dollars`;
}

async function checkRights(node: NodeRpc): Promise<Finding> {
  const forbidden: string[] = [];
  for (const [method, params] of PROBES) {
    try {
      await node.call(method, params);
    } catch (error) {
      if (!(error instanceof NodeRpcError)) throw error;
      // That the node knows no such transaction or block is an answer; only a refusal counts.
      if (error.code === "forbidden" || error.code === "unauthorized") forbidden.push(method);
      else if (error.code !== "rpc_error") throw error;
    }
  }
  return forbidden.length === 0
    ? finding("rpc_rights", "ok", "every call that is needed is allowed")
    : finding(
        "rpc_rights",
        "failed",
        `the node forbids ${forbidden.join(", ")} to this user: add them to its rpcwhitelist`,
      );
}

/** The node's own clock against this machine's. */
async function checkClock(node: NodeRpc, tipHash: string, now: () => number): Promise<Finding> {
  const askedAt = now();
  const nodeClock = await clockOf(node);
  const answeredAt = now();
  // A node that does not tell shows by its last block at least whether this clock is far behind.
  const behind =
    nodeClock === null
      ? (await node.getBlockHeader(tipHash)).time - MOST_SECONDS_AHEAD - answeredAt
      : nodeClock - answeredAt;
  const ahead = nodeClock === null ? 0 : askedAt - nodeClock;
  const skew = Math.max(behind, ahead);
  if (skew > MOST_CLOCK_SKEW_SECONDS) {
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

/** Unix seconds by the node's machine; null where the call is not allowed. */
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
