/**
 * Why a sync is requested. `block` is routine; any other reason means that the window may differ
 * from the node.
 */
export type SyncReason =
  | "start"
  | "block"
  | "connected"
  | "reconnected"
  | "node_restarted"
  | "messages_missed"
  | "messages_dropped"
  | "clock_set";

/** Requests syncs of the window with the node. */
export interface SyncRequests {
  /** Messages may have been lost. */
  requestSync(reason: SyncReason): void;
  /** The node may have restarted, be on another chain or have lost blocks. */
  requestFullSync(reason: SyncReason): void;
}
