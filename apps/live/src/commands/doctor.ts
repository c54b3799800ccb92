import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { type Finding, finding } from "../chain/finding.ts";
import { checkRpc } from "../chain/rpc-checks.ts";
import { checkFeeds, checkTopics } from "../chain/zmq-checks.ts";
import type { NodeAccess } from "../config/node-access.ts";
import { ExitCode } from "../config/user-error.ts";

/** Timeout of a ZMQ endpoint, ms. */
const FEED_TIMEOUT_MS = 5_000;

/** Result of all checks of a node and its settings. */
export interface Diagnosis {
  /** Whether every check is `ok`; the warning about a test chain is allowed. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** Lines missing in the node's bitcoin.conf. */
  readonly bitcoinConf: readonly string[];
  readonly exitCode: ExitCode;
}

/** Checks a node over RPC and at its ZMQ endpoints. */
export async function diagnose(access: NodeAccess, chain: string | null, now: () => number): Promise<Diagnosis> {
  const { node, endpoints } = access;
  const rpc =
    node === null
      ? { reachable: true, version: null, findings: [finding("rpc", "warning", WITHOUT_RPC)] }
      : await checkRpc(node, chain, now);
  const published = node === null || !rpc.reachable ? null : await notifications(node);
  const feeds = await checkFeeds(endpoints, FEED_TIMEOUT_MS);
  const where = { version: rpc.version, host: access.host };
  const findings = [...rpc.findings, ...checkTopics(endpoints, published, where), ...feeds];
  const ok = findings.every(({ check, result }) => result === "ok" || (check === "chain" && result === "warning"));
  const unreachable =
    !rpc.reachable || feeds.some(({ check, result }) => check === "feed_rawtx" && result === "failed");
  return {
    ok,
    findings,
    bitcoinConf: [...new Set(findings.flatMap(({ bitcoinConf }) => bitcoinConf))],
    exitCode: ok ? ExitCode.done : unreachable ? ExitCode.unreachable : ExitCode.failed,
  };
}

/** @returns null if the call fails; `rpc_rights` reports a forbidden call. */
async function notifications(node: NodeRpc) {
  try {
    return await node.getZmqNotifications();
  } catch (error) {
    if (error instanceof NodeRpcError) return null;
    throw error;
  }
}

const WITHOUT_RPC = "--rpc-url is none: the window starts empty and gaps in the ZMQ feed are not filled; set --rpc-url";

const MARKS = { ok: "ok     ", warning: "warning", failed: "FAILED ", unknown: "?      " } as const;

/** The diagnosis for a terminal. */
export function diagnosisText({ findings, bitcoinConf }: Diagnosis): string {
  const lines = findings.map(({ check, result, message }) => `${MARKS[result]}  ${check.padEnd(14)}  ${message}`);
  if (bitcoinConf.length > 0)
    lines.push("", "Add to the node's bitcoin.conf, then restart it:", ...bitcoinConf.map((line) => `  ${line}`));
  lines.push("", summaryOf(findings));
  return `${lines.join("\n")}\n`;
}

/** For example "1 problem, 2 warnings, 1 check skipped." */
function summaryOf(findings: readonly Finding[]): string {
  const counted = (result: Finding["result"], one: string, many: string): string | null => {
    const count = findings.filter((finding) => finding.result === result).length;
    return count === 0 ? null : `${count} ${count === 1 ? one : many}`;
  };
  const parts = [
    counted("failed", "problem", "problems"),
    counted("warning", "warning", "warnings"),
    counted("unknown", "check skipped", "checks skipped"),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "No problems found." : `${parts.join(", ")}.`;
}

/** The diagnosis as one JSON object. */
export function diagnosisJson({ ok, findings, bitcoinConf }: Diagnosis): string {
  const checks = findings.map(({ check, result, message }) => ({ check, result, message }));
  return `${JSON.stringify({ ok, checks, bitcoin_conf: bitcoinConf })}\n`;
}
