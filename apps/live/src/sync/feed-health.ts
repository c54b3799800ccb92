import type { ConnectProblem, FeedStatus, FeedTopic } from "@utxoracle/zmq-source";
import type { LostFeed } from "../ingest/feed-events.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import type { SyncState } from "./sync-state.ts";

/** State of a node's feed, from which its health is derived. */
export interface FeedSituation {
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** Chain in the settings; null: any. */
  readonly chain: string | null;
  /** Null: no RPC. */
  readonly sync: SyncState | null;
  /** State of the connections; null before they are opened. */
  readonly status: FeedStatus | null;
  readonly silence: LostFeed | null;
  /** No message arrives, and without RPC the reason is unknown. */
  readonly isSilenceUnexplained: boolean;
  /**
   * The `sequence` endpoint is connected and transactions arrive, but no `sequence` message does.
   */
  readonly sequenceMute: boolean;
}

/** What is wrong with an endpoint, and what to check. */
function connectSentence(problem: ConnectProblem, topic: FeedTopic): string {
  const setting = `--zmq-${topic}`;
  switch (problem) {
    case "refused":
      return `connection refused: is the node running, with zmqpub${topic} at this address?`;
    case "unresolved":
      return `host name not found: check ${setting}`;
    case "silent":
      return `the connection is accepted, but no ZeroMQ handshake follows: check ${setting}`;
    case "not_zmq":
      return `the server there is not a ZeroMQ publisher: check ${setting}`;
    case "no_socket":
      return "this process cannot open another socket: raise its limit of open files";
  }
}

/** State of the connection of a topic. */
const endpointOf = (status: FeedStatus | null, topic: FeedTopic) =>
  status?.endpoints.find(({ topics }) => topics.includes(topic));

const isUnpublished = (sync: SyncState | null, topic: FeedTopic): boolean =>
  sync?.findings.some(({ code }) => code === `topic_${topic}_unpublished`) ?? false;

/** Findings that stop all payments. With the others the feed still works. */
const STOPPING: ReadonlySet<string> = new Set([
  "topic_rawtx_unpublished",
  "node_network_off",
  "node_blocks_only",
  "node_no_peers",
]);

/** Removes internal fields. */
const reasonOf = ({ code, message }: ReadinessReason): ReadinessReason => ({ code, message });

/** Whether the node receives or publishes no payments. */
export const isWithoutPayments = (sync: SyncState | null): boolean =>
  sync?.findings.some(({ code }) => STOPPING.has(code)) ?? false;

/** Problems that make the price unusable, each with its remedy. */
export function reasonsOf({ endpoints, status, silence, sync }: FeedSituation): ReadinessReason[] {
  const reasons: ReadinessReason[] = [];
  const rawtx = endpointOf(status, "rawtx");
  if (rawtx?.connected === false && rawtx.problem !== null)
    reasons.push({
      code: `zmq_${rawtx.problem}`,
      message: `no feed from ${endpoints.rawtx}: ${connectSentence(rawtx.problem, "rawtx")}`,
    });
  if (silence === "feed_dead")
    reasons.push({ code: "feed_silent", message: "the node has new transactions, but none arrive" });
  if (silence === "node_unreachable")
    reasons.push({ code: "node_silent", message: "no messages arrive, and RPC fails" });
  if (sync !== null && sync.resetReason !== null) reasons.push(sync.resetReason);
  if (sync?.rejectedNode === true && sync.problem !== null) reasons.push(reasonOf(sync.problem));
  for (const finding of sync?.findings ?? []) if (STOPPING.has(finding.code)) reasons.push(finding);
  return reasons;
}

/** Problems that make the price worse, each with its effect. */
export function noticesOf(situation: FeedSituation): ReadinessReason[] {
  const { endpoints, chain, status, sync, isSilenceUnexplained, sequenceMute } = situation;
  const notices: ReadinessReason[] = [];
  if (isSilenceUnexplained)
    notices.push({
      code: "feed_quiet",
      message: "no message for a minute; without RPC it is unknown whether the node is quiet or gone",
    });
  if (sync === null)
    notices.push({
      code: "no_rpc",
      message: "no RPC: the window fills in hours instead of seconds, and missed messages are not fetched",
    });
  if (sync === null && chain === null)
    notices.push({
      code: "chain_unknown",
      message:
        "without RPC the chain is unknown, so no price is ok: set --rpc-url, or --chain main if you know the chain",
    });
  if (sync !== null && sync.problem !== null && !sync.rejectedNode) notices.push(reasonOf(sync.problem));
  for (const finding of sync?.findings ?? []) if (!STOPPING.has(finding.code)) notices.push(finding);
  const effects = {
    rawblock: sync === null ? "there is no confirmed price" : "blocks are fetched over RPC",
    sequence: `replaced or evicted transactions count until ${sync === null ? "they expire" : "the next block"}`,
  };
  for (const topic of ["rawblock", "sequence"] as const) {
    if (endpoints[topic] === undefined) {
      notices.push({ code: `no_${topic}`, message: `no ${topic} feed: ${effects[topic]}` });
      continue;
    }
    const endpoint = endpointOf(status, topic);
    // A problem of the shared connection is reported for rawtx, an unpublished topic by the
    // findings.
    if (endpoint === undefined || endpoint.topics.includes("rawtx") || isUnpublished(sync, topic)) continue;
    if (endpoint.connected || endpoint.problem === null) continue;
    const why = connectSentence(endpoint.problem, topic);
    notices.push({
      code: `zmq_${topic}_${endpoint.problem}`,
      message: `no ${topic} feed from ${endpoints[topic]}: ${why}${why.endsWith("?") ? " Meanwhile" : "; meanwhile"} ${effects[topic]}`,
    });
  }
  if (sequenceMute && endpointOf(status, "sequence")?.connected === true && !isUnpublished(sync, "sequence"))
    notices.push({
      code: "sequence_mute",
      message: `transactions arrive, but no sequence message from ${endpoints.sequence}: is it the address of zmqpubsequence? Meanwhile ${effects.sequence}`,
    });
  return notices;
}
