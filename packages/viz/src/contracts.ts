// The messages of the stream, as docs/contracts.md lists them. A test holds these types equal to those of
// `@utxoracle/models`, which this package does not depend on.

/** How far a price may be trusted. */
export type EstimateStatus = "warming_up" | "no_estimate" | "ok" | "low_confidence" | "stale";

/** Where the transactions come from. */
export type Source = "node" | "simulation" | "replay";

/** Which engine made the estimate. */
export type Engine = "posterior" | "reference";

/** The 90 % interval of a price, US dollars per bitcoin. */
export interface PriceInterval {
  low: number;
  high: number;
}

/** One output of a payment, read at the nearest round dollar amount. */
export interface PricePoint {
  /** Unix seconds. */
  timestamp: number;
  /** US dollars per bitcoin. */
  price: number;
  /** 64 lower-case hex digits. */
  txid: string;
  /** Which of the payment's outputs. */
  vout: number;
  /** BTC. */
  amount: number;
}

/** Counts of transactions: distinct received, rejected by the filter, held in the window. */
export interface StreamStats {
  total_received: number;
  total_filtered: number;
  active_in_window: number;
  uptime_seconds: number;
}

/** What is known of the node; null where unknown. */
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

/** The live price and the points new since the tick before; in a snapshot the latest 500. */
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
    /** When the price shown was estimated; differs from `timestamp` while stale. */
    price_timestamp?: number | null;
    node: NodeState;
  };
}

/** The price of the last blocks and its points: all of the window in a snapshot, else the new block's. */
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

/** Something went wrong with this connection. */
export interface ErrorMessage {
  type: "error";
  data: { code: string; message: string };
}

/** The answer to a ping. */
export interface PongMessage {
  type: "pong";
}

/** Whatever the server sends. */
export type ServerMessage = MempoolUpdate | ConfirmedUpdate | ErrorMessage | PongMessage;

/** What a reader may send. */
export interface ClientMessage {
  type: "snapshot" | "ping";
}

/** What a chart may be fed with: the contract's fields, any of which a partial message leaves out. */
export type MempoolData = Partial<MempoolUpdate["data"]>;
/** As {@link MempoolData}, for the confirmed side. */
export type ConfirmedData = Partial<ConfirmedUpdate["data"]>;
