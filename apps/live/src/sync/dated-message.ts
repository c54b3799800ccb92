import { parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import type { FeedMessage } from "@utxoracle/zmq-source";
import type { SteadyClock } from "../ingest/steady-clock.ts";
import type { SyncState } from "./sync-state.ts";

/**
 * A block whose header is older than this on arrival, seconds, was not just mined. Miners' clocks
 * err by less.
 */
const LATE_BLOCK_SECONDS = 7200;

/**
 * The message with its time by the current clock. An old block from a syncing node gets its
 * header's time, because its transactions carry the price of that time.
 * @param sync state of the sync; undefined without RPC.
 */
export function datedMessage(message: FeedMessage, clock: SteadyClock, sync: SyncState | undefined): FeedMessage {
  clock.checkStep();
  const timestamp = clock.unix(message.timestamp);
  if (message.topic !== "rawblock" || sync === undefined || sync.problem !== null || !sync.filled)
    return { ...message, timestamp };
  const headerTime = blockTime(message.rawBytes);
  return headerTime !== null && headerTime < timestamp - LATE_BLOCK_SECONDS
    ? { ...message, timestamp: headerTime }
    : { ...message, timestamp };
}

/** Time in the block's header, Unix seconds; null for malformed bytes, which the window reports. */
function blockTime(rawBytes: Uint8Array): number | null {
  try {
    return parseBlockHeader(rawBytes).time;
  } catch (error) {
    if (error instanceof TxParseError) return null;
    throw error;
  }
}
