import type { NodeRpc } from "@utxoracle/node-rpc";
import type { Logger } from "pino";
import type { Endpoints } from "../config/zmq-endpoints.ts";
import type { FeedMetrics } from "../ingest/feed-metrics.ts";
import type { MachineClocks } from "../ingest/steady-clock.ts";

/** What the service passes to the function that opens its feed. */
export interface NodeFeedParts {
  readonly windowSeconds: number;
  /** How far back blocks are needed, seconds. */
  readonly blockSeconds: number;
  readonly metrics: FeedMetrics;
}

export interface NodeFeedOptions extends NodeFeedParts {
  readonly source: "node" | "simulation";
  /** Address of each topic; `rawtx` is required. */
  readonly endpoints: Endpoints;
  /**
   * Asks the node for the addresses of its topics. Called before the first connection, and while a
   * topic is not connected. Null: the node does not say. Absent: the addresses are fixed.
   */
  readonly findEndpoints?: (signal: AbortSignal) => Promise<Endpoints | null>;
  /** Null: ZMQ only. */
  readonly node: NodeRpc | null;
  /** The only accepted chain; null: any. */
  readonly chain: string | null;
  readonly log: Logger;
  /** Called by `close()`. */
  readonly onClose?: () => Promise<void>;
  /** Default the machine's. */
  readonly clocks?: MachineClocks;
}
