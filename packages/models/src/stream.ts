import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EngineSchema, EstimateStatusSchema, PriceIntervalSchema } from "./estimate.ts";
import {
  AmountBtc,
  BlockHash,
  BlockHeight,
  BlockTime,
  ChainName,
  Count,
  Epoch,
  Fraction,
  Seconds,
  Txid,
  UnixSeconds,
  UsdPerBtc,
  WindowSeconds,
} from "./scalars.ts";

/** Source of the transactions. Lets clients tell a simulation from a node. */
export const SourceSchema = Type.Union([Type.Literal("node"), Type.Literal("simulation"), Type.Literal("replay")], {
  description: "Source of the transactions",
});
/** Source of the transactions. Lets clients tell a simulation from a node. */
export type Source = Static<typeof SourceSchema>;

/**
 * Price implied by one output of a payment, if the output is worth the nearest round dollar amount.
 */
export const PricePointSchema = Type.Object(
  {
    timestamp: UnixSeconds,
    price: UsdPerBtc,
    txid: Txid,
    vout: Type.Integer({ minimum: 0, maximum: 1, description: "Output index" }),
    amount: AmountBtc,
  },
  { description: "Price implied by one output of a payment, if worth the nearest round dollar amount" },
);
/**
 * Price implied by one output of a payment, if the output is worth the nearest round dollar amount.
 */
export type PricePoint = Static<typeof PricePointSchema>;

/** Maximum number of points in a `mempool_update`; a snapshot has the latest ones. */
export const SNAPSHOT_POINTS_MAX = 300;
/** Maximum number of points in a `confirmed_update`, and of the confirmed picture. */
export const CONFIRMED_POINTS_MAX = 10_000;

/** State of the node; unknown values are null. */
export const NodeStateSchema = Type.Object(
  {
    connected: Type.Union([Type.Boolean(), Type.Null()]),
    last_message_age: Type.Union([Seconds, Type.Null()], { description: "Whole seconds" }),
    missed_messages: Type.Union([Count, Type.Null()]),
    resyncing: Type.Union([Type.Boolean(), Type.Null()]),
    height: Type.Union([BlockHeight, Type.Null()]),
    last_block_timestamp: Type.Union([UnixSeconds, Type.Null()]),
  },
  { description: "State of the node; unknown values are null" },
);
/** State of the node; unknown values are null. */
export type NodeState = Static<typeof NodeStateSchema>;

/** Transaction counts: received = filtered + active + expired + removed. */
export const StreamStatsSchema = Type.Object(
  {
    total_received: Count,
    total_filtered: Count,
    active_in_window: Count,
    uptime_seconds: Seconds,
  },
  { description: "Transaction counts: received (distinct), rejected by the filter, in the window" },
);
/** Transaction counts: received = filtered + active + expired + removed. */
export type StreamStats = Static<typeof StreamStatsSchema>;

/** Blocks read so far to fill the window at the start. */
export const LoadingSchema = Type.Object(
  { blocks_done: Count, blocks_total: Count },
  { description: "Blocks read so far to fill the window; null when it is full, or while the number is unknown" },
);
/** Blocks read so far to fill the window at the start. */
export type Loading = Static<typeof LoadingSchema>;

/** Fields of every `mempool_update`. */
const tickFields = {
  price: Type.Union([UsdPerBtc, Type.Null()]),
  confidence: Fraction,
  transactions: Type.Array(PricePointSchema, {
    maxItems: SNAPSHOT_POINTS_MAX,
    description: "New points since the previous tick; in a snapshot up to 300: the latest, and a sample of older ones",
  }),
  stats: StreamStatsSchema,
  timestamp: UnixSeconds,
  seq: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Tick number within this run of the server",
  }),
};

/** Fields that a delta contains only if they changed. */
const stateFields = {
  status: EstimateStatusSchema,
  interval: Type.Union([PriceIntervalSchema, Type.Null()]),
  price_timestamp: Type.Union([UnixSeconds, Type.Null()], {
    description: "Unix time in seconds at which the newest payment behind the price arrived",
  }),
  window_price: Type.Union([UsdPerBtc, Type.Null()], {
    description: "Average price over the window, US dollars per bitcoin",
  }),
  window_seconds: WindowSeconds,
  engine: EngineSchema,
  source: SourceSchema,
  chain: Type.Union([ChainName, Type.Null()], {
    description: "The node's chain (main, test, signet, regtest); null while unknown",
  }),
  node: NodeStateSchema,
  loading: Type.Union([LoadingSchema, Type.Null()]),
};

/** Data of a snapshot: a `mempool_update` with every field. */
export const MempoolSnapshotDataSchema = Type.Object({
  ...tickFields,
  snapshot: Type.Literal(true, { description: "The client must reset its state" }),
  epoch: Epoch,
  ...stateFields,
});
/** Data of a snapshot: a `mempool_update` with every field. */
export type MempoolSnapshotData = Static<typeof MempoolSnapshotDataSchema>;

const columnOf = <T extends TSchema>(items: T, description: string) =>
  Type.Array(items, { maxItems: SNAPSHOT_POINTS_MAX, description });

/** Points in columns of equal length, about 55 bytes each instead of 150. */
export const PointColumnsSchema = Type.Object(
  {
    time_steps: columnOf(
      Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
      "Unix time of the first point in milliseconds, then the difference of each to the one before",
    ),
    price: columnOf(UsdPerBtc, "US dollars per bitcoin"),
    txid: columnOf(
      Type.String({ pattern: "^([A-Za-z0-9_-]{43})?$" }),
      "Transaction id: the 32 bytes of its hex digits as base64url; empty if it is that of the point before",
    ),
    vout: columnOf(Type.Integer({ minimum: 0, maximum: 1 }), "Output index"),
    sats: columnOf(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), "Amount in satoshis"),
  },
  { description: "Points in columns of equal length" },
);
/** Points in columns of equal length. */
export type PointColumns = Static<typeof PointColumnsSchema>;

/** Data of a delta: other fields than the required ones only if they changed. */
export const MempoolDeltaDataSchema = Type.Object({
  ...tickFields,
  snapshot: Type.Literal(false, { description: "The fields replace those of the previous tick" }),
  since: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "Tick that this delta continues, if not the previous one: the last tick of a client that resumed",
    }),
  ),
  missed: Type.Optional(PointColumnsSchema),
  ...Type.Partial(Type.Object(stateFields)).properties,
});
/** Data of a delta: other fields than the required ones only if they changed. */
export type MempoolDeltaData = Static<typeof MempoolDeltaDataSchema>;

/** The complete state and the latest points. Sent on connect, on request, and after a gap. */
export const MempoolSnapshotSchema = Type.Object(
  { type: Type.Literal("mempool_update"), data: MempoolSnapshotDataSchema },
  { description: "The complete state and the latest points" },
);
/** The complete state and the latest points. Sent on connect, on request, and after a gap. */
export type MempoolSnapshot = Static<typeof MempoolSnapshotSchema>;

/** What changed since the previous tick, sent twice a second. */
export const MempoolDeltaSchema = Type.Object(
  { type: Type.Literal("mempool_update"), data: MempoolDeltaDataSchema },
  { description: "What changed since the previous tick" },
);
/** What changed since the previous tick, sent twice a second. */
export type MempoolDelta = Static<typeof MempoolDeltaSchema>;

/** A snapshot, or a delta to the previous tick. */
export const MempoolUpdateSchema = Type.Union([MempoolSnapshotSchema, MempoolDeltaSchema], {
  description: "The live price and new points: a snapshot, or what changed since the previous tick",
});
/** A snapshot, or a delta to the previous tick. */
export type MempoolUpdate = Static<typeof MempoolUpdateSchema>;
/** Data of a `mempool_update`. */
export type MempoolUpdateData = MempoolUpdate["data"];

/** Maximum number of blocks of the confirmed window. */
export const CONFIRMED_BLOCKS_MAX = 600;

/** A block of the confirmed window. */
export const ConfirmedBlockSchema = Type.Object({
  height: Type.Union([BlockHeight, Type.Null()]),
  hash: BlockHash,
  time: BlockTime,
});
/** The price of a block's payments in hindsight, with its 90 % interval. */
export const BlockPathPriceSchema = Type.Object({
  price: UsdPerBtc,
  low: UsdPerBtc,
  high: UsdPerBtc,
});
/** The price of a block's payments in hindsight, with its 90 % interval. */
export type BlockPathPrice = Static<typeof BlockPathPriceSchema>;
/** A block of the confirmed window. */
export type ConfirmedBlock = Static<typeof ConfirmedBlockSchema>;

/** Data of a `confirmed_update`. */
export const ConfirmedUpdateDataSchema = Type.Object({
  price: Type.Union([UsdPerBtc, Type.Null()]),
  interval: Type.Union([PriceIntervalSchema, Type.Null()]),
  status: EstimateStatusSchema,
  engine: EngineSchema,
  height: Type.Union([BlockHeight, Type.Null()]),
  block_timestamp: Type.Union([UnixSeconds, Type.Null()]),
  window: Type.Object({
    first_height: Type.Union([BlockHeight, Type.Null()]),
    last_height: Type.Union([BlockHeight, Type.Null()]),
    hours: Type.Number({ minimum: 0, maximum: 1e5 }),
  }),
  blocks: Type.Array(ConfirmedBlockSchema, {
    maxItems: CONFIRMED_BLOCKS_MAX,
    description: "The blocks of the window, oldest first",
  }),
  path: Type.Optional(
    Type.Array(Type.Union([BlockPathPriceSchema, Type.Null()]), {
      maxItems: CONFIRMED_BLOCKS_MAX,
      description:
        "The price of the payments in each of `blocks`, from payments before and after them; null until it is computed, " +
        "a second after the block. Absent before the first",
    }),
  ),
  picture: Type.Union([Type.String({ pattern: "^api/v1/confirmed/points\\?tip=[0-9a-f]{64}$" }), Type.Null()], {
    description: "Path of all points of the window, relative to the root of the service; null without a price",
  }),
  transactions: Type.Array(PricePointSchema, {
    maxItems: CONFIRMED_POINTS_MAX,
    description: "The points of the new block in a delta; empty in a snapshot, whose points are in the picture",
  }),
  snapshot: Type.Boolean(),
});
/** Data of a `confirmed_update`. */
export type ConfirmedUpdateData = Static<typeof ConfirmedUpdateDataSchema>;

/** The price of the last blocks, sent on connect and with every block. */
export const ConfirmedUpdateSchema = Type.Object(
  { type: Type.Literal("confirmed_update"), data: ConfirmedUpdateDataSchema },
  { description: "The price of the last blocks and its points" },
);
/** The price of the last blocks, sent on connect and with every block. */
export type ConfirmedUpdate = Static<typeof ConfirmedUpdateSchema>;

/** An error of this connection. */
export const ErrorMessageSchema = Type.Object(
  {
    type: Type.Literal("error"),
    data: Type.Object({ code: Type.String({ minLength: 1 }), message: Type.String() }),
  },
  { description: "An error of this connection" },
);
/** An error of this connection. */
export type ErrorMessage = Static<typeof ErrorMessageSchema>;

/** Response to a ping. */
export const PongMessageSchema = Type.Object({ type: Type.Literal("pong") }, { description: "Response to a ping" });
/** Response to a ping. */
export type PongMessage = Static<typeof PongMessageSchema>;

/** Any message from the server. */
export const ServerMessageSchema = Type.Union(
  [MempoolSnapshotSchema, MempoolDeltaSchema, ConfirmedUpdateSchema, ErrorMessageSchema, PongMessageSchema],
  { description: "Any message from the server" },
);
/** Any message from the server. */
export type ServerMessage = Static<typeof ServerMessageSchema>;

/** Message from a client. The server ignores other messages, within limits. */
export const ClientMessageSchema = Type.Object(
  { type: Type.Union([Type.Literal("snapshot"), Type.Literal("ping")]) },
  { description: "Requests a snapshot or a pong" },
);
/** Message from a client. The server ignores other messages, within limits. */
export type ClientMessage = Static<typeof ClientMessageSchema>;

/** The value as a {@link PricePoint}. @throws ContractError that names the invalid field */
export const checkPricePoint: (value: unknown) => PricePoint = contractCheck("PricePoint", PricePointSchema);
/** The value as a {@link MempoolUpdate}. @throws ContractError that names the invalid field */
export const checkMempoolUpdate: (value: unknown) => MempoolUpdate = contractCheck(
  "MempoolUpdate",
  MempoolUpdateSchema,
);
/** The value as a {@link MempoolSnapshot}. @throws ContractError that names the invalid field */
export const checkMempoolSnapshot: (value: unknown) => MempoolSnapshot = contractCheck(
  "MempoolSnapshot",
  MempoolSnapshotSchema,
);
/** The value as a {@link ConfirmedUpdate}. @throws ContractError that names the invalid field */
export const checkConfirmedUpdate: (value: unknown) => ConfirmedUpdate = contractCheck(
  "ConfirmedUpdate",
  ConfirmedUpdateSchema,
);
/** The value as a {@link ErrorMessage}. @throws ContractError that names the invalid field */
export const checkErrorMessage: (value: unknown) => ErrorMessage = contractCheck("ErrorMessage", ErrorMessageSchema);
/** The value as a {@link ServerMessage}. @throws ContractError that names the invalid field */
export const checkServerMessage: (value: unknown) => ServerMessage = contractCheck(
  "ServerMessage",
  ServerMessageSchema,
);
/** The value as a {@link ClientMessage}. @throws ContractError that names the invalid field */
export const checkClientMessage: (value: unknown) => ClientMessage = contractCheck(
  "ClientMessage",
  ClientMessageSchema,
);

/** The contracts of this file by name, e.g. for `/schemas/client-message.json`. */
export const streamContracts = {
  "client-message": ClientMessageSchema,
  "confirmed-update": ConfirmedUpdateSchema,
  "error-message": ErrorMessageSchema,
  "mempool-delta": MempoolDeltaSchema,
  "mempool-snapshot": MempoolSnapshotSchema,
  "mempool-update": MempoolUpdateSchema,
  "pong-message": PongMessageSchema,
  "price-point": PricePointSchema,
  "server-message": ServerMessageSchema,
} as const;
