import { createNodeRpc } from "@utxoracle/node-rpc";
import { startSimulator } from "@utxoracle/simulator";
import type { Logger } from "pino";
import type { Feed } from "../ingest/feed.ts";
import { unsetClocks } from "../ingest/steady-clock.ts";
import { NodeFeed, type NodeFeedParts } from "./node-feed.ts";

export interface DemoFeedOptions extends NodeFeedParts {
  readonly seed: number;
  readonly log: Logger;
  /** Ends the start: making up the history of a long window takes its time. */
  readonly signal: AbortSignal;
}

/** Beyond what is asked for, seconds: the oldest block wanted has a parent that the simulation still knows. */
const EXTRA_HISTORY_SECONDS = 1_200;

/**
 * Starts a simulated node with hours of history and listens to it the way one listens to a real one.
 * @throws the reason of `signal` when it aborts before that
 */
export async function openDemoFeed(options: DemoFeedOptions): Promise<Feed> {
  const { seed, windowSeconds, blockSeconds, signal } = options;
  // The simulation has its own time: what is done to the machine's clock is no matter.
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
