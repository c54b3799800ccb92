import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { type Finding, finding } from "./finding.ts";

/** Bitcoin Core 25.0, the oldest that the feed was tried with. */
export const LEAST_NODE_VERSION = 250_000;

/** A miner's clock may be two hours ahead (consensus rule of Bitcoin); a local clock that far behind is wrong. */
const MOST_SECONDS_AHEAD = 7_200;
/** The node stamps its mempool with its own clock; a difference over this shifts the window. */
const MOST_CLOCK_SKEW_SECONDS = 5;

/** Of every call that the service makes, one that costs the node nothing. */
const PROBES: readonly (readonly [method: string, params: readonly unknown[]])[] = [
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
}

/**
 * What the node says of itself over RPC.
 * @param chain the chain that the settings ask for; null: any.
 * @param now Unix seconds.
 */
export async function checkRpc(node: NodeRpc, chain: string | null, now: () => number): Promise<RpcChecks> {
  try {
    const info = await node.getBlockchainInfo();
    const { version, subversion } = await node.getNetworkInfo();
    return {
      reachable: true,
      findings: [
        finding("rpc", "ok", "the node answers over RPC"),
        version >= LEAST_NODE_VERSION
          ? finding("version", "ok", `the node is ${subversion}`)
          : finding("version", "failed", `the node is ${subversion}: 25.0 or later is needed; update it`),
        chain === null || info.chain === chain
          ? finding("chain", info.chain === "main" || chain !== null ? "ok" : "warning", chainSentence(info.chain))
          : finding("chain", "failed", `the node is on chain ${info.chain}, --chain asks for ${chain}`),
        info.initialBlockDownload
          ? finding(
              "synced",
              "failed",
              `the node is still syncing (${(info.verificationProgress * 100).toFixed(1)} %): wait until it is done`,
            )
          : finding("synced", "ok", `the node is synced to height ${info.blocks}`),
        await checkRights(node),
        await checkClock(node, info.bestBlockHash, now),
      ],
    };
  } catch (error) {
    if (!(error instanceof NodeRpcError)) throw error;
    const unmade = (["version", "chain", "synced", "rpc_rights", "clock"] as const).map((check) =>
      finding(check, "unknown", "not checked: RPC does not serve"),
    );
    return { reachable: false, findings: [finding("rpc", "failed", error.message), ...unmade] };
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

async function checkClock(node: NodeRpc, tipHash: string, now: () => number): Promise<Finding> {
  const tip = await node.getBlockHeader(tipHash);
  let newestEntry = Number.NEGATIVE_INFINITY;
  for await (const { time } of node.getMempoolEntries()) newestEntry = Math.max(newestEntry, time);
  const skew = Math.max(newestEntry - now(), tip.time - MOST_SECONDS_AHEAD - now());
  return skew <= MOST_CLOCK_SKEW_SECONDS
    ? finding("clock", "ok", "this machine's clock is not behind the node's")
    : finding("clock", "failed", `this machine's clock is ${Math.ceil(skew)} s behind the node's: set it (NTP)`);
}
