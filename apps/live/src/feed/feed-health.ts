import type { ConnectProblem, FeedTopic } from "@utxoracle/zmq-source";
import type { ReadinessReason } from "../http/price-board.ts";
import type { ResyncState } from "./resync-loop.ts";

/** What is known of a node's feed when its health is asked for. */
export interface FeedSituation {
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** Null: there is no RPC to work with. */
  readonly resync: ResyncState | null;
  readonly connected: boolean;
  /** Why the connection of `rawtx` does not come about; null when it stands or is being tried. */
  readonly connectProblem: ConnectProblem | null;
  readonly silent: boolean;
}

const CONNECT_SENTENCES: Readonly<Record<ConnectProblem, string>> = {
  refused: "nothing listens there: is the node running, with zmqpubrawtx at this address?",
  unresolved: "the host's name has no address: check --zmq-rawtx",
  silent: "something accepts the connection and never speaks: check --zmq-rawtx",
  not_zmq: "what answers there is no ZeroMQ publisher: check --zmq-rawtx",
  no_socket: "this process cannot open a further socket: raise its limit of open files",
};

/** What keeps the feed from serving, each with what to do. */
export function reasonsOf({ endpoints, connected, connectProblem, silent, resync }: FeedSituation): ReadinessReason[] {
  const reasons: ReadinessReason[] = [];
  if (!connected && connectProblem !== null)
    reasons.push({
      code: `zmq_${connectProblem}`,
      message: `no feed from ${endpoints.rawtx}: ${CONNECT_SENTENCES[connectProblem]}`,
    });
  if (silent) reasons.push({ code: "feed_silent", message: "the node moved on but nothing arrives" });
  if (resync?.unfit === true && resync.problem !== null) reasons.push(resync.problem);
  for (const finding of resync?.findings ?? []) if (finding.code === "topic_rawtx_unpublished") reasons.push(finding);
  return reasons;
}

/** What the feed does without, each with what that costs. */
export function noticesOf({ endpoints, resync }: Pick<FeedSituation, "endpoints" | "resync">): ReadinessReason[] {
  const notices: ReadinessReason[] = [];
  if (resync === null)
    notices.push({
      code: "no_rpc",
      message: "no RPC: the window fills only as transactions come, for hours instead of seconds, and gaps stay open",
    });
  else if (resync.problem !== null && !resync.unfit) notices.push(resync.problem);
  for (const finding of resync?.findings ?? []) if (finding.code !== "topic_rawtx_unpublished") notices.push(finding);
  if (endpoints.rawblock === undefined)
    notices.push({
      code: "no_rawblock",
      message: `no rawblock feed: the confirmed side ${resync === null ? "stays empty" : "is refreshed over RPC only"}`,
    });
  if (endpoints.sequence === undefined)
    notices.push({
      code: "no_sequence",
      message: `no sequence feed: what is replaced or evicted counts until ${resync === null ? "it expires" : "the next block"}`,
    });
  return notices;
}
