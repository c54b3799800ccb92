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
 * Arrival of a message by the current clock, Unix seconds. For an old block from a syncing node its
 * header's time, because its transactions carry the price of that time.
 * @param sync state of the sync; undefined without RPC.
 */
export function arrivalTime(message: FeedMessage, clock: SteadyClock, sync: SyncState | undefined): number {
  clock.checkStep();
  const arrival = clock.unix(message.timestamp);
  if (message.topic !== "rawblock" || sync === undefined || sync.problem !== null || !sync.filled) return arrival;
  const headerTime = blockTime(message.rawBytes);
  return headerTime !== null && headerTime < arrival - LATE_BLOCK_SECONDS ? headerTime : arrival;
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
