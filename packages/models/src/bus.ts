import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { ConfirmedWindowSchema, EvidenceResponseSchema } from "./http.ts";
import { ChainName, UnixSeconds, UsdPerBtc } from "./scalars.ts";
import { ConfirmedUpdateSchema, MempoolUpdateSchema, SourceSchema } from "./stream.ts";

/** Version of what goes over the bus; it is part of the subject's and the bucket's name, so that versions never mix. */
export const BUS_VERSION = 1;

/** Highest term. A lease with a higher one is invalid and is replaced, so that terms cannot run out. */
export const BUS_TERM_MAX = 2 ** 52;

const originFields = {
  analyzer: Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: "^[!-~]+$",
    description: "Name of the analyzer, for people",
  }),
  term: Type.Integer({
    minimum: 1,
    maximum: BUS_TERM_MAX,
    description: "Which holding of the lease it was published under; each holding has a term of its own",
  }),
};

/** Who published a message of the bus. On the live subject it stands in the headers: the payload is the stream's own message. */
export const BusOriginSchema = Type.Object(originFields, { description: "Who published a message of the bus" });
/** Who published a message of the bus. On the live subject it stands in the headers: the payload is the stream's own message. */
export type BusOrigin = Static<typeof BusOriginSchema>;

/** An analyzer's answer to an edge that asks what time its steady clock shows, on a subject of its run's own. */
export const BusClockSchema = Type.Object(
  {
    uptime_seconds: Type.Number({
      minimum: 0,
      maximum: 1e10,
      description: "As in the `stats` of its updates, at this moment",
    }),
  },
  { description: "An analyzer's steady clock, by which an edge tells how old its updates are" },
);
/** An analyzer's answer to an edge that asks what time its steady clock shows, on a subject of its run's own. */
export type BusClock = Static<typeof BusClockSchema>;

/** Numbers a state within its term, from 1; 0: none was written yet. */
const StateNumber = Type.Integer({ minimum: 0, maximum: 2 ** 52 });

/** Longest time to live of a lease, ms. */
const LEASE_TTL_MAX_MS = 10_000;

/** The key `lease`: which analyzer may publish. Written anew several times within its time to live. */
export const BusLeaseSchema = Type.Object(
  {
    ...originFields,
    epoch: Type.String({ minLength: 1, maxLength: 64, description: "The run of the server that holds it" }),
    ttl_ms: Type.Integer({
      minimum: 1,
      maximum: LEASE_TTL_MAX_MS,
      description: "When it was not renewed for this time, any analyzer of the same market may take it",
    }),
    released: Type.Boolean({ description: "Given back: anybody may take it at once" }),
    fit: Type.Boolean({ description: "Whether the holder hears its node; else one that does may take it at once" }),
    source: SourceSchema,
    chain: Type.Union([ChainName, Type.Null()]),
    confirmed_number: StateNumber,
    history_number: StateNumber,
  },
  { description: "Which analyzer may publish on the bus" },
);
/** The key `lease`: which analyzer may publish. Written anew several times within its time to live. */
export type BusLease = Static<typeof BusLeaseSchema>;

/** Reasons and notices of an analyzer, as its edges repeat them. */
const Remarks = Type.Array(
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 64 }),
    message: Type.String({ minLength: 1, maxLength: 1000 }),
  }),
  { maxItems: 32 },
);

/** The key `live`: the live side for who joins or has missed a delta. */
export const BusLiveStateSchema = Type.Object(
  {
    ...originFields,
    interval_ms: Type.Integer({ minimum: 1, maximum: 60_000, description: "Time between two updates" }),
    update: MempoolUpdateSchema,
    reasons: Remarks,
    notices: Remarks,
    evidence: Type.Union([EvidenceResponseSchema, Type.Null()]),
  },
  { description: "The live side as of one tick, and what the analyzer says of itself" },
);
/** The key `live`: the live side for who joins or has missed a delta. */
export type BusLiveState = Static<typeof BusLiveStateSchema>;

/** The key `confirmed`: the confirmed side, and what its last block changed. */
export const BusConfirmedStateSchema = Type.Object(
  {
    ...originFields,
    number: StateNumber,
    snapshot: ConfirmedUpdateSchema,
    delta: Type.Union([ConfirmedUpdateSchema, Type.Null()], {
      description: "For readers who have the state before; null where only the snapshot will do",
    }),
  },
  { description: "The confirmed side as of one block" },
);
/** The key `confirmed`: the confirmed side, and what its last block changed. */
export type BusConfirmedState = Static<typeof BusConfirmedStateSchema>;

/** Most confirmed prices held: more than a year of blocks. */
export const BUS_HISTORY_PRICES_MAX = 60_000;

/** The key `history`: the confirmed prices held, in columns of equal length, ascending in time. */
export const BusHistoryStateSchema = Type.Object(
  {
    ...originFields,
    number: StateNumber,
    timestamps: Type.Array(UnixSeconds, { maxItems: BUS_HISTORY_PRICES_MAX }),
    prices: Type.Array(UsdPerBtc, { maxItems: BUS_HISTORY_PRICES_MAX }),
    last_144_blocks: Type.Union([ConfirmedWindowSchema, Type.Null()]),
    last_day: Type.Union([ConfirmedWindowSchema, Type.Null()]),
  },
  { description: "The confirmed prices held, and those of the longer windows" },
);
/** The key `history`: the confirmed prices held, in columns of equal length, ascending in time. */
export type BusHistoryState = Static<typeof BusHistoryStateSchema>;

/** The value as a {@link BusClock}. @throws ContractError naming the field that deviates */
export const checkBusClock: (value: unknown) => BusClock = contractCheck("BusClock", BusClockSchema);
/** The value as a {@link BusOrigin}. @throws ContractError naming the field that deviates */
export const checkBusOrigin: (value: unknown) => BusOrigin = contractCheck("BusOrigin", BusOriginSchema);
/** The value as a {@link BusLease}. @throws ContractError naming the field that deviates */
export const checkBusLease: (value: unknown) => BusLease = contractCheck("BusLease", BusLeaseSchema);
/** The value as a {@link BusLiveState}. @throws ContractError naming the field that deviates */
export const checkBusLiveState: (value: unknown) => BusLiveState = contractCheck("BusLiveState", BusLiveStateSchema);
/** The value as a {@link BusConfirmedState}. @throws ContractError naming the field that deviates */
export const checkBusConfirmedState: (value: unknown) => BusConfirmedState = contractCheck(
  "BusConfirmedState",
  BusConfirmedStateSchema,
);
/** The value as a {@link BusHistoryState}. @throws ContractError naming the field that deviates */
export const checkBusHistoryState: (value: unknown) => BusHistoryState = contractCheck(
  "BusHistoryState",
  BusHistoryStateSchema,
);
