import { createNodeRpc } from "@utxoracle/node-rpc";
import { startSimulator } from "@utxoracle/simulator";
import type { Logger } from "pino";
import type { Feed } from "../ingest/feed.ts";
import { unsetClocks } from "../ingest/steady-clock.ts";
import { NodeFeed } from "./node-feed.ts";
import type { NodeFeedParts } from "./node-feed-options.ts";

export interface DemoFeedOptions extends NodeFeedParts {
  readonly seed: number;
  readonly log: Logger;
  /** Cancels the start: simulating the history of a long window takes seconds. */
  readonly signal: AbortSignal;
}

/**
 * Simulated beyond the required history, seconds, so that the oldest required block has a parent.
 */
const EXTRA_HISTORY_SECONDS = 1_200;

/**
 * Starts a simulated node with hours of history and connects to it as to a real node.
 * @throws the reason of `signal` if it aborts before the start is done.
 */
export async function openDemoFeed(options: DemoFeedOptions): Promise<Feed> {
  const { seed, windowSeconds, blockSeconds, signal } = options;
  // Setting the machine's clock does not affect the simulation.
  const clocks = unsetClocks();
  const simulator = await startSimulator({
    seed,
    now: clocks.wall,
    historySeconds: Math.max(windowSeconds, blockSeconds) + EXTRA_HISTORY_SECONDS,
    signal,
  });
  const node = createNodeRpc({
    url: simulator.rpcUrl,
    auth: { user: simulator.rpcUser, password: simulator.rpcPassword },
  });
  const { rawtx, rawblock, sequence } = simulator.endpoints;
  const endpoints = Object.fromEntries(
    Object.entries({ rawtx, rawblock, sequence }).filter((entry) => entry[1] !== undefined),
  );
  return new NodeFeed({
    ...options,
    ...{ source: "simulation", endpoints, node, chain: null, clocks },
    onClose: () => simulator.stop(),
  });
}
