import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EngineSchema, EstimateStatusSchema, PriceIntervalSchema } from "./estimate.ts";
import {
  AmountBtc,
  BlockHeight,
  ChainName,
  Count,
  Seconds,
  Share,
  Txid,
  UnixSeconds,
  UsdPerBtc,
  WindowSeconds,
} from "./scalars.ts";

/** Where the transactions come from. A simulation is never taken for a node. */
export const SourceSchema = Type.Union([Type.Literal("node"), Type.Literal("simulation"), Type.Literal("replay")], {
  description: "Where the transactions come from",
});
/** Where the transactions come from. A simulation is never taken for a node. */
export type Source = Static<typeof SourceSchema>;

/** One output of a payment read at the nearest round dollar amount. */
export const PricePointSchema = Type.Object(
  {
    timestamp: UnixSeconds,
    price: UsdPerBtc,
    txid: Txid,
    vout: Type.Integer({ minimum: 0, maximum: 1, description: "Which of the payment's two outputs" }),
    amount: AmountBtc,
  },
  { description: "One output of a payment, read at the nearest round dollar amount" },
);
/** One output of a payment read at the nearest round dollar amount. */
export type PricePoint = Static<typeof PricePointSchema>;

/** Most points in a snapshot of the mempool side: the latest. */
export const SNAPSHOT_POINTS_MAX = 500;
/** Most points in a `confirmed_update`. */
export const CONFIRMED_POINTS_MAX = 10_000;

/** What is known of the node; what is not known is null. */
export const NodeStateSchema = Type.Object(
  {
    connected: Type.Union([Type.Boolean(), Type.Null()]),
    last_message_age: Type.Union([Seconds, Type.Null()]),
    missed_messages: Type.Union([Count, Type.Null()]),
    resyncing: Type.Union([Type.Boolean(), Type.Null()]),
    height: Type.Union([BlockHeight, Type.Null()]),
    last_block_timestamp: Type.Union([UnixSeconds, Type.Null()]),
  },
  { description: "What is known of the node; null where unknown" },
);
/** What is known of the node; what is not known is null. */
export type NodeState = Static<typeof NodeStateSchema>;

/** The counts of the window: received = filtered + active + expired + removed. */
export const StreamStatsSchema = Type.Object(
  {
    total_received: Count,
    total_filtered: Count,
    active_in_window: Count,
    uptime_seconds: Seconds,
  },
  { description: "Counts of transactions: distinct received, rejected by the filter, held in the window" },
);
/** The counts of the window: received = filtered + active + expired + removed. */
export type StreamStats = Static<typeof StreamStatsSchema>;

/** What a tick of the live side says. */
export const MempoolUpdateDataSchema = Type.Object({
  price: Type.Union([UsdPerBtc, Type.Null()]),
  confidence: Share,
  transactions: Type.Array(PricePointSchema, {
    maxItems: SNAPSHOT_POINTS_MAX,
    description: "Points new since the tick before; the latest 500 in a snapshot",
  }),
  stats: StreamStatsSchema,
  timestamp: UnixSeconds,
  snapshot: Type.Boolean({ description: "Whether this message resets the reader" }),
  seq: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Number of the tick within this run of the server",
  }),
  epoch: Type.String({ minLength: 1, maxLength: 64, description: "Names this run of the server" }),
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
/** What a tick of the live side says. */
export type MempoolUpdateData = Static<typeof MempoolUpdateDataSchema>;

/** The live side, twice a second. */
export const MempoolUpdateSchema = Type.Object(
  { type: Type.Literal("mempool_update"), data: MempoolUpdateDataSchema },
  { description: "The live price and the points new since the tick before" },
);
/** The live side, twice a second. */
export type MempoolUpdate = Static<typeof MempoolUpdateSchema>;

/** What is said of the confirmed side. */
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
    description: "All points of the window in a snapshot, the new block's in a delta",
  }),
  snapshot: Type.Boolean(),
});
/** What is said of the confirmed side. */
export type ConfirmedUpdateData = Static<typeof ConfirmedUpdateDataSchema>;

/** The confirmed side, on connect and on every block. */
export const ConfirmedUpdateSchema = Type.Object(
  { type: Type.Literal("confirmed_update"), data: ConfirmedUpdateDataSchema },
  { description: "The price of the last blocks and its points" },
);
/** The confirmed side, on connect and on every block. */
export type ConfirmedUpdate = Static<typeof ConfirmedUpdateSchema>;

/** Something that went wrong with this connection. */
export const ErrorMessageSchema = Type.Object(
  {
    type: Type.Literal("error"),
    data: Type.Object({ code: Type.String({ minLength: 1 }), message: Type.String() }),
  },
  { description: "Something went wrong with this connection" },
);
/** Something that went wrong with this connection. */
export type ErrorMessage = Static<typeof ErrorMessageSchema>;

/** The answer to a ping. */
export const PongMessageSchema = Type.Object({ type: Type.Literal("pong") }, { description: "The answer to a ping" });
/** The answer to a ping. */
export type PongMessage = Static<typeof PongMessageSchema>;

/** Whatever the server sends. */
export const ServerMessageSchema = Type.Union(
  [MempoolUpdateSchema, ConfirmedUpdateSchema, ErrorMessageSchema, PongMessageSchema],
  { description: "Whatever the server sends" },
);
/** Whatever the server sends. */
export type ServerMessage = Static<typeof ServerMessageSchema>;

/** What a reader may send; all else is ignored within limits. */
export const ClientMessageSchema = Type.Object(
  { type: Type.Union([Type.Literal("snapshot"), Type.Literal("ping")]) },
  { description: "A reader asks for a snapshot, or for a sign of life" },
);
/** What a reader may send; all else is ignored within limits. */
export type ClientMessage = Static<typeof ClientMessageSchema>;

/** The value as a {@link PricePoint}. @throws ContractError naming the field that deviates */
export const checkPricePoint: (value: unknown) => PricePoint = contractCheck("PricePoint", PricePointSchema);
/** The value as a {@link MempoolUpdate}. @throws ContractError naming the field that deviates */
export const checkMempoolUpdate: (value: unknown) => MempoolUpdate = contractCheck(
  "MempoolUpdate",
  MempoolUpdateSchema,
);
/** The value as a {@link ConfirmedUpdate}. @throws ContractError naming the field that deviates */
export const checkConfirmedUpdate: (value: unknown) => ConfirmedUpdate = contractCheck(
  "ConfirmedUpdate",
  ConfirmedUpdateSchema,
);
/** The value as a {@link ErrorMessage}. @throws ContractError naming the field that deviates */
export const checkErrorMessage: (value: unknown) => ErrorMessage = contractCheck("ErrorMessage", ErrorMessageSchema);
/** The value as a {@link ServerMessage}. @throws ContractError naming the field that deviates */
export const checkServerMessage: (value: unknown) => ServerMessage = contractCheck(
  "ServerMessage",
  ServerMessageSchema,
);
/** The value as a {@link ClientMessage}. @throws ContractError naming the field that deviates */
export const checkClientMessage: (value: unknown) => ClientMessage = contractCheck(
  "ClientMessage",
  ClientMessageSchema,
);
