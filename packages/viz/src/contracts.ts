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

/** Blocks read so far to fill the window at the start. */
export interface Loading {
  blocks_done: number;
  blocks_total: number;
}

/** Fields of every tick. */
interface TickFields {
  price: number | null;
  confidence: number;
  /** Points since the previous tick; in a snapshot the latest 300. */
  transactions: PricePoint[];
  stats: StreamStats;
  /** Unix seconds. */
  timestamp: number;
  seq: number;
}

/** Fields that a delta contains only if they changed. */
interface StateFields {
  status: EstimateStatus;
  interval: PriceInterval | null;
  /** Arrival of the newest payment behind the price, Unix seconds. */
  price_timestamp: number | null;
  /** Average price over the window. */
  window_price: number | null;
  window_seconds: number;
  engine: Engine;
  source: Source;
  chain: string | null;
  node: NodeState;
  /** Null when the window is full. */
  loading: Loading | null;
}

/** Data of a snapshot: every field. */
export interface SnapshotData extends TickFields, StateFields {
  snapshot: true;
  epoch: string;
}

/** Points in columns of equal length. */
export interface EncodedPoints {
  /** Unix milliseconds of the first point, then the difference of each to the one before. */
  time_steps: number[];
  /** US dollars per bitcoin. */
  price: number[];
  /** The 32 bytes of the hex digits as base64url; empty if it is that of the point before. */
  txid: string[];
  vout: number[];
  /** Amount in satoshis. */
  sats: number[];
}

/** Data of a delta: the fields of every tick, and those that changed. */
export interface DeltaData extends TickFields, Partial<StateFields> {
  snapshot: false;
  /** The tick that this delta continues, if not the previous one. */
  since?: number;
  /** The points of the ticks that this delta combines; `transactions` is then empty. */
  missed?: EncodedPoints;
}

/** The complete state after a tick. */
export interface TickData extends TickFields, StateFields {
  snapshot: boolean;
  epoch: string;
}

/** The complete state and the latest points. */
export interface MempoolSnapshot {
  type: "mempool_update";
  data: SnapshotData;
}

/** What changed since the previous tick. */
export interface MempoolDelta {
  type: "mempool_update";
  data: DeltaData;
}

/** A message of the live price, as the server sends it. */
export type MempoolUpdate = MempoolSnapshot | MempoolDelta;

/**
 * The complete state after a tick, as the client passes it on. `transactions` are the new points,
 * or in a snapshot the latest 300, which replace all earlier ones.
 */
export interface MempoolTick {
  type: "mempool_update";
  data: TickData;
}

/** A block of the confirmed window. */
export interface ConfirmedBlock {
  height: number | null;
  /** 64 lower-case hex digits. */
  hash: string;
  /** Unix seconds. */
  time: number;
}

/** The price of a block's payments in hindsight, with its 90 % interval. */
export interface BlockPathPrice {
  price: number;
  low: number;
  high: number;
}

/** All points of the confirmed window (`/api/v1/confirmed/points`). */
export interface ConfirmedPicture {
  /** Hash of the newest block. */
  tip: string;
  /** Oldest first, each with the number of its points in `price_steps` and in all. */
  blocks: { height: number | null; hash: string; time: number; points: number; of: number }[];
  /**
   * The points block after block, ascending in each, whole US dollars per bitcoin: the first price
   * of a block, then the differences to the price before.
   */
  price_steps: number[];
}

/**
 * The payments behind the points of one block (`/api/v1/blocks/{hash}/points`), in columns,
 * ascending by price.
 */
export interface BlockPoints {
  /** Hash of the newest block of the picture. */
  tip: string;
  hash: string;
  txid: string[];
  vout: number[];
  /** BTC. */
  amount: number[];
  /** US dollars per bitcoin. */
  price: number[];
}

/**
 * The confirmed price. The points of a new block come with a delta; those of the whole window are
 * in the picture.
 */
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
    /** Oldest first. */
    blocks: ConfirmedBlock[];
    /** The price of each of `blocks`; null until it is computed. Absent before the first. */
    path?: (BlockPathPrice | null)[];
    /** Path of all points, relative to the root of the service; null without a price. */
    picture: string | null;
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

/** Input of a chart: the contract's fields, all optional. */
export type MempoolData = Partial<MempoolTick["data"]>;
/** Like {@link MempoolData}, for the confirmed side. */
export type ConfirmedData = Partial<ConfirmedUpdate["data"]>;
