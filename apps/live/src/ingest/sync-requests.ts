/** Why a sync is requested. `block` is routine; any other reason means that the window may differ from the node. */
export type SyncReason =
  | "start"
  | "block"
  | "connected"
  | "reconnected"
  | "node_restarted"
  | "messages_missed"
  | "messages_dropped"
  | "clock_set";

/** Asks for a sync of the window with the node. */
export interface SyncRequests {
  /** Messages may have been lost. */
  requestSync(reason: SyncReason): void;
  /** The node may have restarted: it may be on another chain and have lost blocks. */
  requestFullSync(reason: SyncReason): void;
}
