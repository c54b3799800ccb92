// The stream's messages (docs/contracts.md). A type test keeps these equal to the types of
// `@utxoracle/models`, which is not a dependency of this package.

/** Reliability of a price. */
export type EstimateStatus = "warming_up" | "no_estimate" | "ok" | "low_confidence" | "stale";

/** Origin of the transactions. */
export type Source = "node" | "simulation" | "replay";

/** Estimation engine. */
export type Engine = "posterior" | "reference";

/** The 90 % interval of a price, US dollars per bitcoin. */
export interface PriceInterval {
  low: number;
  high: number;
}

/** One output of a payment, assigned to the nearest round dollar amount. */
export interface PricePoint {
  /** Unix seconds. */
  timestamp: number;
  /** US dollars per bitcoin. */
  price: number;
  /** 64 lower-case hex digits. */
  txid: string;
  /** Index of the output. */
  vout: number;
  /** BTC. */
  amount: number;
}

/** Transaction counts: distinct received, rejected by the filter, held in the window. */
export interface StreamStats {
  total_received: number;
  total_filtered: number;
  active_in_window: number;
  uptime_seconds: number;
}

/** State of the node; unknown values are null. */
export interface NodeState {
  connected: boolean | null;
  /** Seconds. */
  last_message_age: number | null;
  missed_messages: number | null;
  resyncing: boolean | null;
  height: number | null;
  /** Unix seconds. */
  last_block_timestamp: number | null;
}

/** The live price and the points since the previous tick; in a snapshot the latest 500 points. */
export interface MempoolUpdate {
  type: "mempool_update";
  data: {
    price: number | null;
    confidence: number;
    transactions: PricePoint[];
    stats: StreamStats;
    /** Unix seconds. */
    timestamp: number;
    snapshot: boolean;
    seq: number;
    epoch: string;
    status: EstimateStatus;
    interval: PriceInterval | null;
    window_seconds: number;
    engine: Engine;
    source: Source;
    chain: string | null;
    /** Time of the estimate; differs from `timestamp` while stale. */
    price_timestamp?: number | null;
    node: NodeState;
  };
}

/** The confirmed price and its points: the whole window in a snapshot, else the new block's. */
export interface ConfirmedUpdate {
  type: "confirmed_update";
  data: {
    price: number | null;
    interval: PriceInterval | null;
    status: EstimateStatus;
    engine: Engine;
    height: number | null;
    /** Unix seconds. */
    block_timestamp: number | null;
    window: { first_height: number | null; last_height: number | null; hours: number };
    transactions: PricePoint[];
    snapshot: boolean;
  };
}

/** An error on this connection. */
export interface ErrorMessage {
  type: "error";
  data: { code: string; message: string };
}

/** The reply to a ping. */
export interface PongMessage {
  type: "pong";
}

/** Any message from the server. */
export type ServerMessage = MempoolUpdate | ConfirmedUpdate | ErrorMessage | PongMessage;

/** Any message to the server. */
export interface ClientMessage {
  type: "snapshot" | "ping";
}

/** Input of a chart: the contract's fields, each of which may be absent. */
export type MempoolData = Partial<MempoolUpdate["data"]>;
/** Like {@link MempoolData}, for the confirmed side. */
export type ConfirmedData = Partial<ConfirmedUpdate["data"]>;
