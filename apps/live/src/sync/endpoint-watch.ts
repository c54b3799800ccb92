import type { Logger } from "pino";
import { type Endpoints, sameEndpoints } from "../config/zmq-endpoints.ts";
import { logLine } from "../logging/log-line.ts";
import type { NodeFeedOptions } from "./node-feed-options.ts";
import type { SyncState } from "./sync-state.ts";

/** Time between two questions for the addresses of topics that are not connected, ms. */
const FIND_PERIOD_MS = 5_000;

export interface EndpointWatchOptions {
  readonly findEndpoints: NonNullable<NodeFeedOptions["findEndpoints"]>;
  /** The addresses in use. */
  readonly current: Endpoints;
  /** Whether all topics are connected. */
  readonly isConnected: () => boolean;
  /** State of the sync; undefined without RPC. */
  readonly sync: () => SyncState | undefined;
  readonly log: Logger;
  /** Called once, with other addresses than the current ones. */
  readonly onMoved: (found: Endpoints) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * While a topic is not connected, asks the node where it publishes. A node that starts late, or
 * restarts with other addresses, is found without a restart of the service.
 * @param signal stops watching.
 */
export function watchEndpoints(options: EndpointWatchOptions, signal: AbortSignal): void {
  const { findEndpoints, current, isConnected, log, onMoved, onError } = options;
  let isAsking = false;
  const ask = async (): Promise<void> => {
    const found = await findEndpoints(signal);
    if (found === null || signal.aborted || sameEndpoints(found, current)) return;
    logLine(log, "node publishes at other addresses; reconnecting", { endpoints: found });
    onMoved(found);
  };
  const timer = setInterval(() => {
    const sync = options.sync();
    // The node logs each call with a rejected password, so only a node that answers is asked.
    const answers = sync !== undefined && sync.chain !== null && sync.problem?.from !== "rpc";
    if (isAsking || isConnected() || !answers) return;
    isAsking = true;
    ask()
      .catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      })
      .finally(() => {
        isAsking = false;
      });
  }, FIND_PERIOD_MS).unref();
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
