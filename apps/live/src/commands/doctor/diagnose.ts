import { type Finding, finding } from "../../chain/finding.ts";
import { checkRpc } from "../../chain/rpc-checks.ts";
import { checkFeeds, checkTopics } from "../../chain/zmq-checks.ts";
import type { NodeAccess } from "../../config/node-access.ts";
import { ExitCode } from "../../config/user-error.ts";
import { publishedTopics, resolveEndpoints, serviceTopics } from "../../config/zmq-endpoints.ts";

/** Timeout of a ZMQ endpoint, ms. */
const FEED_TIMEOUT_MS = 5_000;

/** Result of all checks of a node and its settings. */
export interface Diagnosis {
  /** Whether there is no problem; warnings are allowed. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** Lines missing in the node's bitcoin.conf; all needed lines if the node does not answer. */
  readonly bitcoinConf: readonly string[];
  /** Whether the node answers over RPC; false without RPC. */
  readonly answers: boolean;
  readonly exitCode: ExitCode;
}

const WITHOUT_RPC = "--rpc-url is none: the window starts empty and gaps in the ZMQ feed are not filled; set --rpc-url";
const WITHOUT_CHAIN = "without --rpc-url and --chain, --data-dir saves nothing: set --chain";

/**
 * Without RPC the node's addresses are unknown, so silence at the default ones is no problem of its
 * own.
 */
const NO_FEED_FOUND = "not checked: RPC failed, and nothing answers at the default ports";

/** Checks a node over RPC and at its ZMQ endpoints. */
export async function diagnose(access: NodeAccess, chain: string | null, now: () => number): Promise<Diagnosis> {
  const { node, zmq, host } = access;
  const rpc =
    node === null ? { reachable: true, version: null, findings: withoutRpc(chain) } : await checkRpc(node, chain, now);
  const published = node === null || !rpc.reachable ? null : await publishedTopics(node);
  const endpoints = resolveEndpoints(zmq, published, host);
  const unpublished = serviceTopics.filter(
    (topic) => zmq[topic] === "auto" && published?.every(({ type }) => type !== `pub${topic}`) === true,
  );
  const tried = Object.fromEntries(
    Object.entries(endpoints).filter(([topic]) => !(unpublished as string[]).includes(topic)),
  );
  const feeds = Object.keys(tried).length === 0 ? [] : await checkFeeds(tried, FEED_TIMEOUT_MS);
  const isGuessed = (check: string): boolean =>
    node !== null &&
    !rpc.reachable &&
    serviceTopics.some((topic) => check === `feed_${topic}` && zmq[topic] === "auto");
  const judgedFeeds = feeds.map((each) =>
    each.result === "failed" && isGuessed(each.check) ? finding(each.check, "unknown", NO_FEED_FOUND) : each,
  );
  const findings = [
    ...rpc.findings,
    ...checkTopics(endpoints, published, { version: rpc.version, host }),
    ...judgedFeeds,
  ];
  const ok = findings.every(({ result }) => result !== "failed");
  const feedFailed = feeds.some(({ check, result }) => check === "feed_rawtx" && result === "failed");
  return {
    ok,
    findings,
    bitcoinConf: [...new Set(findings.flatMap(({ bitcoinConf }) => bitcoinConf))],
    answers: node !== null && rpc.reachable,
    exitCode: ok ? ExitCode.done : !rpc.reachable || feedFailed ? ExitCode.unreachable : ExitCode.failed,
  };
}

function withoutRpc(chain: string | null): Finding[] {
  const texts = chain === null ? [WITHOUT_RPC, WITHOUT_CHAIN] : [WITHOUT_RPC];
  return texts.map((text) => finding("rpc", "warning", text));
}
