import type { Logger } from "pino";
import type { Settings } from "../../config/schema.ts";
import type { Feed } from "../../ingest/feed.ts";
import type { Supervisor } from "../../process/supervisor.ts";
import type { NodeFeedParts } from "../../sync/node-feed-options.ts";

/** Window of the confirmed panel: 3 h, as in its title. */
export const CONFIRMED_WINDOW_SECONDS = 10_800;

/**
 * Opens the feed of the service.
 * @throws {UserError} if it cannot be opened; the signal's reason if it aborts first.
 */
export type OpenFeed = (parts: NodeFeedParts, signal: AbortSignal) => Promise<Feed>;

export interface ServiceOptions {
  readonly settings: Settings;
  readonly openFeed: OpenFeed;
  readonly log: Logger;
  /** Number of log lines lost so far. */
  readonly lostLogLines: () => number;
  /** Program version, for the served documents. */
  readonly version: string;
  /** Whether the log is read on a terminal. */
  readonly isInteractive?: boolean;
  /** Stops the service, and is notified if a part of the service fails. */
  readonly supervisor: Supervisor;
}
