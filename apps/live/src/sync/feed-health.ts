import type { ConnectProblem, FeedStatus, FeedTopic } from "@utxoracle/zmq-source";
import type { LostFeed } from "../ingest/feed-events.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import type { SyncState } from "./sync-state.ts";

/** What is known of a node's feed when its health is asked for. */
export interface FeedSituation {
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** The chain that the settings name; null: none. */
  readonly chain: string | null;
  /** Null: there is no RPC to work with. */
  readonly sync: SyncState | null;
  /** How the connections stand; null before they are made. */
  readonly status: FeedStatus | null;
  readonly silence: LostFeed | null;
  /** Nothing arrives, and there is no RPC to ask why. */
  readonly isSilenceUnexplained: boolean;
  /** The connection for `sequence` stands, transactions come, and nothing is ever told of them there. */
  readonly sequenceMute: boolean;
}

/** What is amiss at an address, and what to look at; `setting` is the flag that names it. */
function connectSentence(problem: ConnectProblem, topic: FeedTopic): string {
  const setting = `--zmq-${topic}`;
  switch (problem) {
    case "refused":
      return `nothing listens there: is the node running, with zmqpub${topic} at this address?`;
    case "unresolved":
      return `the host's name has no address: check ${setting}`;
    case "silent":
      return `something accepts the connection and never speaks: check ${setting}`;
    case "not_zmq":
      return `what answers there is no ZeroMQ publisher: check ${setting}`;
    case "no_socket":
      return "this process cannot open a further socket: raise its limit of open files";
  }
}

/** How the connection stands over which a topic comes. */
const endpointOf = (status: FeedStatus | null, topic: FeedTopic) =>
  status?.endpoints.find(({ topics }) => topics.includes(topic));

const isUnpublished = (sync: SyncState | null, topic: FeedTopic): boolean =>
  sync?.findings.some(({ code }) => code === `topic_${topic}_unpublished`) ?? false;

/** Findings with which no payment arrives. The others cost something, and the feed serves. */
const STOPPING: ReadonlySet<string> = new Set([
  "topic_rawtx_unpublished",
  "node_network_off",
  "node_blocks_only",
  "node_no_peers",
]);

/** Without what only this program needs to know. */
const reasonOf = ({ code, message }: ReadinessReason): ReadinessReason => ({ code, message });

/** Whether the node can have nothing to say of payments. */
export const isDeaf = (sync: SyncState | null): boolean =>
  sync?.findings.some(({ code }) => STOPPING.has(code)) ?? false;

/** What keeps the feed from serving, each with what to do. */
export function reasonsOf({ endpoints, status, silence, sync }: FeedSituation): ReadinessReason[] {
  const reasons: ReadinessReason[] = [];
  const rawtx = endpointOf(status, "rawtx");
  if (rawtx?.connected === false && rawtx.problem !== null)
    reasons.push({
      code: `zmq_${rawtx.problem}`,
      message: `no feed from ${endpoints.rawtx}: ${connectSentence(rawtx.problem, "rawtx")}`,
    });
  if (silence === "feed_dead") reasons.push({ code: "feed_silent", message: "the node moved on but nothing arrives" });
  if (silence === "node_unreachable")
    reasons.push({ code: "node_silent", message: "nothing arrives, and the node cannot be asked over RPC" });
  if (sync !== null && sync.resetReason !== null) reasons.push(sync.resetReason);
  if (sync?.rejectedNode === true && sync.problem !== null) reasons.push(reasonOf(sync.problem));
  for (const finding of sync?.findings ?? []) if (STOPPING.has(finding.code)) reasons.push(finding);
  return reasons;
}

/** What the feed does without, each with what that costs. */
export function noticesOf(situation: FeedSituation): ReadinessReason[] {
  const { endpoints, chain, status, sync, isSilenceUnexplained, sequenceMute } = situation;
  const notices: ReadinessReason[] = [];
  if (isSilenceUnexplained)
    notices.push({
      code: "feed_quiet",
      message: "no message for a minute; without RPC it cannot be known whether the node is quiet or gone",
    });
  if (sync === null)
    notices.push({
      code: "no_rpc",
      message: "no RPC: the window fills only as transactions come, for hours instead of seconds, and gaps stay open",
    });
  if (sync === null && chain === null)
    notices.push({
      code: "chain_unknown",
      message:
        "without RPC the chain is not known, so no price is ok: give --rpc-url, or --chain main where you know it",
    });
  if (sync !== null && sync.problem !== null && !sync.rejectedNode) notices.push(reasonOf(sync.problem));
  for (const finding of sync?.findings ?? []) if (!STOPPING.has(finding.code)) notices.push(finding);
  const costs = {
    rawblock: `the confirmed side ${sync === null ? "stays empty" : "is refreshed over RPC only"}`,
    sequence: `what is replaced or evicted counts until ${sync === null ? "it expires" : "the next block"}`,
  };
  for (const topic of ["rawblock", "sequence"] as const) {
    if (endpoints[topic] === undefined) {
      notices.push({ code: `no_${topic}`, message: `no ${topic} feed: ${costs[topic]}` });
      continue;
    }
    const endpoint = endpointOf(status, topic);
    // What all topics share is told of rawtx, and what the node says of itself is told already.
    if (endpoint === undefined || endpoint.topics.includes("rawtx") || isUnpublished(sync, topic)) continue;
    if (endpoint.connected || endpoint.problem === null) continue;
    const why = connectSentence(endpoint.problem, topic);
    notices.push({
      code: `zmq_${topic}_${endpoint.problem}`,
      message: `no ${topic} feed from ${endpoints[topic]}: ${why}${why.endsWith("?") ? " Meanwhile" : "; meanwhile"} ${costs[topic]}`,
    });
  }
  if (sequenceMute && endpointOf(status, "sequence")?.connected === true && !isUnpublished(sync, "sequence"))
    notices.push({
      code: "sequence_mute",
      message: `transactions come but no sequence message from ${endpoints.sequence}: is it the address of zmqpubsequence? Meanwhile ${costs.sequence}`,
    });
  return notices;
}
