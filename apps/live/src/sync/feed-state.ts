import type { Loading } from "@utxoracle/models";
import type { FeedStatus } from "@utxoracle/zmq-source";
import type { FeedState } from "../ingest/feed.ts";
import { type FeedSituation, isWithoutPayments, noticesOf, reasonsOf } from "./feed-health.ts";
import { isOutOfSync } from "./sync-state.ts";

/** What {@link feedStateOf} needs beside the situation. */
export interface FeedStateParts {
  /** The steady clock, seconds. */
  readonly steadySeconds: number;
  readonly hasRpc: boolean;
  readonly missedMessages: number;
  readonly loadedBlocks: Loading | null;
}

/** State of a node's feed for the rest of the service. */
export function feedStateOf(situation: FeedSituation, parts: FeedStateParts): FeedState {
  const { status, sync, silence, chain } = situation;
  const rawtx = status?.endpoints.find((endpoint) => endpoint.topics.includes("rawtx"));
  const connected = rawtx?.connected ?? false;
  const last = status?.lastMessageTimestamp ?? null;
  return {
    node: {
      connected,
      last_message_age: last === null ? null : Math.max(0, Math.floor(parts.steadySeconds - last)),
      missed_messages: parts.missedMessages,
      // Also true before the first sync.
      resyncing: sync === null ? parts.hasRpc : isOutOfSync(sync),
      height: sync?.height ?? null,
      last_block_timestamp: null,
    },
    // Before the node's first answer, the setting: a node on another chain is rejected.
    chain: sync?.chain ?? chain,
    loadedBlocks: sync === null || sync.filled ? null : parts.loadedBlocks,
    loading: sync === null ? last === null : !sync.filled,
    lost:
      !connected ||
      silence !== null ||
      isWithoutPayments(sync) ||
      (sync?.rejectedNode ?? false) ||
      (sync?.resetReason ?? null) !== null,
    reasons: reasonsOf(situation),
    notices: noticesOf(situation),
  };
}

/** Messages missed at the current addresses. */
export const missedMessages = (status: FeedStatus | null): number =>
  status === null ? 0 : Object.values(status.missed).reduce((sum, count) => sum + count, 0);
