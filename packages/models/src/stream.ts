import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EngineSchema, EstimateStatusSchema, PriceIntervalSchema } from "./estimate.ts";
import {
  AmountBtc,
  BlockHeight,
  ChainName,
  Count,
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
export const SNAPSHOT_POINTS_MAX = 500;
/** Maximum number of points in a `confirmed_update`. */
export const CONFIRMED_POINTS_MAX = 10_000;

/** State of the node; unknown values are null. */
export const NodeStateSchema = Type.Object(
  {
    connected: Type.Union([Type.Boolean(), Type.Null()]),
    last_message_age: Type.Union([Seconds, Type.Null()]),
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

/** Data of a `mempool_update`. */
export const MempoolUpdateDataSchema = Type.Object({
  price: Type.Union([UsdPerBtc, Type.Null()]),
  confidence: Fraction,
  transactions: Type.Array(PricePointSchema, {
    maxItems: SNAPSHOT_POINTS_MAX,
    description: "New points since the previous tick; in a snapshot the latest 500",
  }),
  stats: StreamStatsSchema,
  timestamp: UnixSeconds,
  snapshot: Type.Boolean({ description: "Whether the client must reset its state" }),
  seq: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Tick number within this run of the server",
  }),
  epoch: Type.String({ minLength: 1, maxLength: 64, description: "Identifies this run of the server" }),
  status: EstimateStatusSchema,
  interval: Type.Union([PriceIntervalSchema, Type.Null()]),
  window_seconds: WindowSeconds,
  engine: EngineSchema,
  source: SourceSchema,
  chain: Type.Union([ChainName, Type.Null()], {
    description: "The node's chain (main, test, signet, regtest); null while unknown",
  }),
  price_timestamp: Type.Optional(
    Type.Union([UnixSeconds, Type.Null()], {
      description: "Unix time in seconds at which the newest payment behind the price arrived",
    }),
  ),
  node: NodeStateSchema,
});
/** Data of a `mempool_update`. */
export type MempoolUpdateData = Static<typeof MempoolUpdateDataSchema>;

/** The live price and new points, sent twice a second. */
export const MempoolUpdateSchema = Type.Object(
  { type: Type.Literal("mempool_update"), data: MempoolUpdateDataSchema },
  { description: "The live price and new points since the previous tick" },
);
/** The live price and new points, sent twice a second. */
export type MempoolUpdate = Static<typeof MempoolUpdateSchema>;

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
  transactions: Type.Array(PricePointSchema, {
    maxItems: CONFIRMED_POINTS_MAX,
    description: "All points of the window in a snapshot; the points of the new block in a delta",
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
  [MempoolUpdateSchema, ConfirmedUpdateSchema, ErrorMessageSchema, PongMessageSchema],
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
