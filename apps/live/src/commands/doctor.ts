import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { type Finding, finding } from "../chain/finding.ts";
import { checkRpc } from "../chain/rpc-checks.ts";
import { checkFeeds, checkTopics } from "../chain/zmq-checks.ts";
import type { NodeAccess } from "../config/node-access.ts";
import { ExitCode } from "../config/user-error.ts";

/** How long an endpoint may take to answer, ms. */
const FEED_TIMEOUT_MS = 5_000;

/** The diagnosis of a node and of the settings that name it. */
export interface Diagnosis {
  /** Whether nothing is to be mended: every check is `ok`. A test chain is no fault, it is only told. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** Lines to add to the node's bitcoin.conf; empty when nothing is missing there. */
  readonly bitcoinConf: readonly string[];
  readonly exitCode: ExitCode;
}

/** Checks a node from both sides: what it says over RPC, and what comes at its ZMQ endpoints. */
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
  const nobodyAnswers =
    !rpc.reachable || feeds.some(({ check, result }) => check === "feed_rawtx" && result === "failed");
  return {
    ok,
    findings,
    bitcoinConf: [...new Set(findings.flatMap(({ bitcoinConf }) => bitcoinConf))],
    exitCode: ok ? ExitCode.done : nobodyAnswers ? ExitCode.unreachable : ExitCode.failed,
  };
}

/** Null when the node does not say (the call is forbidden, which another check reports). */
async function notifications(node: NodeRpc) {
  try {
    return await node.getZmqNotifications();
  } catch (error) {
    if (error instanceof NodeRpcError) return null;
    throw error;
  }
}

const WITHOUT_RPC =
  "--rpc-url is none: the window fills only as transactions come, and gaps in the feed stay open; give the node's RPC";

const MARKS = { ok: "ok     ", warning: "warning", failed: "FAILED ", unknown: "?      " } as const;

/** The diagnosis for a terminal. */
export function diagnosisText({ ok, findings, bitcoinConf }: Diagnosis): string {
  const lines = findings.map(({ check, result, message }) => `${MARKS[result]}  ${check.padEnd(14)}  ${message}`);
  if (bitcoinConf.length > 0)
    lines.push("", "Add to the node's bitcoin.conf, then restart it:", ...bitcoinConf.map((line) => `  ${line}`));
  lines.push("", ok ? "All is well." : "Not all is well.");
  return `${lines.join("\n")}\n`;
}

/** The same for programs: one JSON object. */
export function diagnosisJson({ ok, findings, bitcoinConf }: Diagnosis): string {
  const checks = findings.map(({ check, result, message }) => ({ check, result, message }));
  return `${JSON.stringify({ ok, checks, bitcoin_conf: bitcoinConf })}\n`;
}
