import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { ConfirmedWindowSchema } from "./confirmed.ts";
import { ConfirmedPictureSchema } from "./confirmed-picture.ts";
import { EvidenceResponseSchema } from "./evidence.ts";
import { ChainName, Epoch, UnixSeconds, UsdPerBtc } from "./scalars.ts";
import { ConfirmedUpdateSchema, MempoolSnapshotSchema, SourceSchema } from "./stream.ts";

/**
 * Version of the bus protocol. Part of the subject and bucket names, so that versions never mix.
 */
export const BUS_VERSION = 1;

/**
 * Maximum term. A lease with a higher term is invalid and is replaced, so that terms cannot run
 * out.
 */
export const BUS_TERM_MAX = 2 ** 52;

const originFields = {
  analyzer: Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: "^[!-~]+$",
    description: "Display name of the analyzer",
  }),
  term: Type.Integer({
    minimum: 1,
    maximum: BUS_TERM_MAX,
    description: "Number of the lease term it was published in. Increases each time the lease changes hands",
  }),
};

/**
 * Publisher of a bus message. On the live subject these fields are headers, since the payload is
 * the stream's message.
 */
export const BusOriginSchema = Type.Object(originFields, { description: "Publisher of a bus message" });
/**
 * Publisher of a bus message. On the live subject these fields are headers, since the payload is
 * the stream's message.
 */
export type BusOrigin = Static<typeof BusOriginSchema>;

/**
 * Response of an analyzer's clock service to an edge. Each run of the analyzer has its own subject.
 */
export const BusClockSchema = Type.Object(
  {
    uptime_seconds: Type.Number({
      minimum: 0,
      maximum: 1e10,
      description: "Current `uptime_seconds`, as in the `stats` of its updates",
    }),
  },
  { description: "An analyzer's monotonic clock. Edges use it to compute the age of updates" },
);
/**
 * Response of an analyzer's clock service to an edge. Each run of the analyzer has its own subject.
 */
export type BusClock = Static<typeof BusClockSchema>;

/** Number of a state within its term, from 1; 0 if none was written yet. */
const StateNumber = Type.Integer({ minimum: 0, maximum: 2 ** 52 });

/** Maximum time to live of a lease, ms. */
const LEASE_TTL_MAX_MS = 10_000;

/**
 * Value of the key `lease`: the analyzer that may publish. Renewed several times within its time to
 * live.
 */
export const BusLeaseSchema = Type.Object(
  {
    ...originFields,
    epoch: Epoch,
    ttl_ms: Type.Integer({
      minimum: 1,
      maximum: LEASE_TTL_MAX_MS,
      description: "Time without renewal after which any analyzer of the same source and chain may take it, ms",
    }),
    released: Type.Boolean({ description: "Released by its holder: any analyzer may take it at once" }),
    fit: Type.Boolean({
      description: "Whether the holder receives data from its node. If not, an analyzer that does may take it at once",
    }),
    source: SourceSchema,
    chain: Type.Union([ChainName, Type.Null()]),
    confirmed_number: StateNumber,
    history_number: StateNumber,
  },
  { description: "The analyzer that may publish on the bus" },
);
/**
 * Value of the key `lease`: the analyzer that may publish. Renewed several times within its time to
 * live.
 */
export type BusLease = Static<typeof BusLeaseSchema>;

/** Reasons and notices of an analyzer, repeated by its edges. */
const Remarks = Type.Array(
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 64 }),
    message: Type.String({ minLength: 1, maxLength: 1000 }),
  }),
  { maxItems: 32 },
);

/** Value of the key `live`: the live state, for edges that join or missed a delta. */
export const BusLiveStateSchema = Type.Object(
  {
    ...originFields,
    interval_ms: Type.Integer({ minimum: 1, maximum: 60_000, description: "Time between two updates" }),
    update: MempoolSnapshotSchema,
    reasons: Remarks,
    notices: Remarks,
    evidence: Type.Union([EvidenceResponseSchema, Type.Null()]),
  },
  { description: "The live state at one tick, with the analyzer's reasons and notices" },
);
/** Value of the key `live`: the live state, for edges that join or missed a delta. */
export type BusLiveState = Static<typeof BusLiveStateSchema>;

/** Value of the key `confirmed`: the confirmed state, and the change by its last block. */
export const BusConfirmedStateSchema = Type.Object(
  {
    ...originFields,
    number: StateNumber,
    snapshot: ConfirmedUpdateSchema,
    delta: Type.Union([ConfirmedUpdateSchema, Type.Null()], {
      description: "Change from the previous state; null if clients need the snapshot",
    }),
    picture: Type.Union([ConfirmedPictureSchema, Type.Null()], { description: "The points of the window" }),
  },
  { description: "The confirmed state at one block" },
);
/** Value of the key `confirmed`: the confirmed state, and the change by its last block. */
export type BusConfirmedState = Static<typeof BusConfirmedStateSchema>;

/** Maximum number of confirmed prices: more than a year of blocks. */
export const BUS_HISTORY_PRICES_MAX = 60_000;

/**
 * Value of the key `history`: saved confirmed prices in columns of equal length, in ascending time.
 */
export const BusHistoryStateSchema = Type.Object(
  {
    ...originFields,
    number: StateNumber,
    timestamps: Type.Array(UnixSeconds, { maxItems: BUS_HISTORY_PRICES_MAX }),
    prices: Type.Array(UsdPerBtc, { maxItems: BUS_HISTORY_PRICES_MAX }),
    last_144_blocks: Type.Union([ConfirmedWindowSchema, Type.Null()]),
    last_day: Type.Union([ConfirmedWindowSchema, Type.Null()]),
  },
  { description: "Saved confirmed prices, and those of longer windows" },
);
/**
 * Value of the key `history`: saved confirmed prices in columns of equal length, in ascending time.
 */
export type BusHistoryState = Static<typeof BusHistoryStateSchema>;

/** The value as a {@link BusClock}. @throws ContractError that names the invalid field */
export const checkBusClock: (value: unknown) => BusClock = contractCheck("BusClock", BusClockSchema);
/** The value as a {@link BusOrigin}. @throws ContractError that names the invalid field */
export const checkBusOrigin: (value: unknown) => BusOrigin = contractCheck("BusOrigin", BusOriginSchema);
/** The value as a {@link BusLease}. @throws ContractError that names the invalid field */
export const checkBusLease: (value: unknown) => BusLease = contractCheck("BusLease", BusLeaseSchema);
/** The value as a {@link BusLiveState}. @throws ContractError that names the invalid field */
export const checkBusLiveState: (value: unknown) => BusLiveState = contractCheck("BusLiveState", BusLiveStateSchema);
/** The value as a {@link BusConfirmedState}. @throws ContractError that names the invalid field */
export const checkBusConfirmedState: (value: unknown) => BusConfirmedState = contractCheck(
  "BusConfirmedState",
  BusConfirmedStateSchema,
);
/** The value as a {@link BusHistoryState}. @throws ContractError that names the invalid field */
export const checkBusHistoryState: (value: unknown) => BusHistoryState = contractCheck(
  "BusHistoryState",
  BusHistoryStateSchema,
);

/** The contracts of this file by name, e.g. for `/schemas/bus-clock.json`. */
export const busContracts = {
  "bus-clock": BusClockSchema,
  "bus-confirmed-state": BusConfirmedStateSchema,
  "bus-history-state": BusHistoryStateSchema,
  "bus-lease": BusLeaseSchema,
  "bus-live-state": BusLiveStateSchema,
  "bus-origin": BusOriginSchema,
} as const;
