import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EngineSchema, EstimateStatusSchema } from "./estimate.ts";
import {
  BlockHeight,
  ChainName,
  Count,
  Share,
  UnixSeconds,
  UsdPerBtc,
  WholeUnixSeconds,
  WindowSeconds,
} from "./scalars.ts";
import { ConfirmedUpdateDataSchema, SourceSchema } from "./stream.ts";

/** `/api/v1/price` */
export const PriceResponseSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()]),
    low: Type.Union([UsdPerBtc, Type.Null()], { description: "Lower end of the 90 % interval" }),
    high: Type.Union([UsdPerBtc, Type.Null()], { description: "Upper end of the 90 % interval" }),
    confidence: Share,
    status: EstimateStatusSchema,
    source: SourceSchema,
    chain: Type.Union([ChainName, Type.Null()]),
    active_in_window: Count,
    total_received: Count,
    total_filtered: Count,
    window_seconds: WindowSeconds,
    height: Type.Union([BlockHeight, Type.Null()]),
    timestamp: Type.Number({
      minimum: 0,
      description:
        "Unix time in seconds at which the newest payment behind the price arrived; without a price, of the answer",
    }),
    age_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: "Age of the newest payment behind the price; null without a price",
    }),
    engine: EngineSchema,
  },
  { description: "The price with everything needed to judge it" },
);
/** `/api/v1/price` */
export type PriceResponse = Static<typeof PriceResponseSchema>;

/** `/api/v1/prices`, the shape of mempool.space. */
export const PricesResponseSchema = Type.Object(
  { time: WholeUnixSeconds, USD: UsdPerBtc },
  { description: "The price in mempool.space's shape" },
);
/** `/api/v1/prices`, the shape of mempool.space. */
export type PricesResponse = Static<typeof PricesResponseSchema>;

/** `/api/v1/historical-price`, the shape of mempool.space. */
export const HistoricalPriceResponseSchema = Type.Object(
  {
    prices: Type.Array(Type.Object({ time: WholeUnixSeconds, USD: UsdPerBtc })),
    exchangeRates: Type.Record(Type.String(), Type.Number()),
  },
  { description: "Confirmed prices in mempool.space's shape" },
);
/** `/api/v1/historical-price`, the shape of mempool.space. */
export type HistoricalPriceResponse = Static<typeof HistoricalPriceResponseSchema>;

/** `/api/rates`, the shape of BTCPay Server. */
export const RatesResponseSchema = Type.Array(
  Type.Object({
    name: Type.String(),
    cryptoCode: Type.Literal("BTC"),
    currencyPair: Type.Literal("BTC_USD"),
    code: Type.Literal("USD"),
    rate: UsdPerBtc,
  }),
  { description: "The rate in BTCPay Server's shape; empty for pairs other than BTC_USD" },
);
/** `/api/rates`, the shape of BTCPay Server. */
export type RatesResponse = Static<typeof RatesResponseSchema>;

/** `/rates`, the older shape of BTCPay Server: the same list in `data`. */
export const RatesDataResponseSchema = Type.Object(
  { data: RatesResponseSchema },
  { description: "The rate in BTCPay Server's older shape" },
);
/** `/rates`, the older shape of BTCPay Server: the same list in `data`. */
export type RatesDataResponse = Static<typeof RatesDataResponseSchema>;

/** Whatever an HTTP path answers when it cannot answer what was asked. */
export const ErrorResponseSchema = Type.Object(
  {
    error: Type.String({ minLength: 1, description: "A stable code; while there is no price its status" }),
    message: Type.String({ minLength: 1, description: "What is wrong, for people" }),
  },
  { description: "Why there is no answer" },
);
/** Whatever an HTTP path answers when it cannot answer what was asked. */
export type ErrorResponse = Static<typeof ErrorResponseSchema>;

const HealthCodesSchema = Type.Array(
  Type.Object({ code: Type.String({ minLength: 1, description: "A stable code; the log has the sentence" }) }),
);

/**
 * `/health/live`, `/health/ready`: 200 when `ok`, else 503 with what stands in the way. Codes only: sentences have paths,
 * names and addresses in them, and anybody who reaches the port may read the answer.
 */
export const HealthResponseSchema = Type.Object(
  {
    ok: Type.Boolean(),
    reasons: HealthCodesSchema,
    notices: Type.Optional(HealthCodesSchema),
    analyzer: Type.Optional(
      Type.Object(
        {
          epoch: Type.String({ minLength: 1, description: "The run of the analyzer" }),
          term: Type.Integer({ minimum: 1, description: "Which holding of the bus' lease" }),
          age_seconds: Type.Number({ minimum: 0, description: "How old the newest that came from it is" }),
        },
        { description: "At an edge: where what it shows comes from" },
      ),
    ),
  },
  { description: "Whether the service is alive or ready, and why not" },
);
/** `/health/live`, `/health/ready`: 200 when `ok`, else 503 with what stands in the way. */
export type HealthResponse = Static<typeof HealthResponseSchema>;

/** `/api/v1/evidence`: which round dollar amounts carry the price. */
export const EvidenceResponseSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()]),
    timestamp: UnixSeconds,
    evidence: Type.Array(
      Type.Object({
        usd: Type.Number({ exclusiveMinimum: 0, description: "The round dollar amount" }),
        votes: Type.Number({ minimum: 0, description: "Outputs of that worth at the price, near the peak" }),
        strength: Type.Number({
          description: "Log-likelihood that these outputs add at the price; negative: against it",
        }),
      }),
    ),
  },
  { description: "Which round dollar amounts voted, and how strongly" },
);
/** `/api/v1/evidence`: which round dollar amounts carry the price. */
export type EvidenceResponse = Static<typeof EvidenceResponseSchema>;

const WidgetItemSchema = Type.Object({
  title: Type.String({ minLength: 1 }),
  text: Type.String({ minLength: 1 }),
  subtext: Type.String(),
});

/** `/api/v1/umbrel-widget`, the shape of umbrelOS' widget of four numbers. */
export const UmbrelWidgetResponseSchema = Type.Object(
  {
    type: Type.Literal("four-stats"),
    refresh: Type.String({ pattern: "^[0-9]+s$", description: "When umbrelOS asks again" }),
    link: Type.String({ description: "Path of the page that a click opens" }),
    items: Type.Array(WidgetItemSchema, {
      minItems: 4,
      maxItems: 4,
      description: "Price, 90 % interval, confidence, payments held",
    }),
  },
  { description: "The price in the shape of umbrelOS' widgets" },
);
/** `/api/v1/umbrel-widget`, the shape of umbrelOS' widget of four numbers. */
export type UmbrelWidgetResponse = Static<typeof UmbrelWidgetResponseSchema>;

const orNullPrice = Type.Union([UsdPerBtc, Type.Null()]);

/** The price of a longer window of blocks. */
export const ConfirmedWindowSchema = Type.Object({
  price: orNullPrice,
  low: orNullPrice,
  high: orNullPrice,
  confidence: Share,
  status: EstimateStatusSchema,
  engine: EngineSchema,
  date: Type.Union([Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }), Type.Null()], {
    description: "The UTC day; null for a number of blocks",
  }),
  first_height: BlockHeight,
  last_height: BlockHeight,
  block_timestamp: UnixSeconds,
  amounts: Type.Integer({ minimum: 0, description: "Outputs that the price was read from" }),
});

/** The price of a longer window of blocks. */
export type ConfirmedWindow = Static<typeof ConfirmedWindowSchema>;

/** `/api/v1/confirmed` */
export const ConfirmedResponseSchema = Type.Object(
  {
    price: orNullPrice,
    low: orNullPrice,
    high: orNullPrice,
    status: EstimateStatusSchema,
    engine: EngineSchema,
    height: Type.Union([BlockHeight, Type.Null()]),
    block_timestamp: Type.Union([UnixSeconds, Type.Null()]),
    age_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: "Age of the newest block behind the price, by the miner's time",
    }),
    window: Type.Union([ConfirmedUpdateDataSchema.properties.window, Type.Null()]),
    live_distance_ratio: Type.Union([Type.Number(), Type.Null()], {
      description: "The live price over this one, less one",
    }),
    last_144_blocks: Type.Union([ConfirmedWindowSchema, Type.Null()]),
    last_day: Type.Union([ConfirmedWindowSchema, Type.Null()], { description: "The last whole UTC day" }),
  },
  { description: "The prices of confirmed blocks: of the last hours, of 144 blocks, of a day" },
);
/** `/api/v1/confirmed` */
export type ConfirmedResponse = Static<typeof ConfirmedResponseSchema>;

/** The value as a {@link ConfirmedResponse}. @throws ContractError naming the field that deviates */
export const checkConfirmedResponse: (value: unknown) => ConfirmedResponse = contractCheck(
  "ConfirmedResponse",
  ConfirmedResponseSchema,
);
/** The value as a {@link PriceResponse}. @throws ContractError naming the field that deviates */
export const checkPriceResponse: (value: unknown) => PriceResponse = contractCheck(
  "PriceResponse",
  PriceResponseSchema,
);
/** The value as a {@link PricesResponse}. @throws ContractError naming the field that deviates */
export const checkPricesResponse: (value: unknown) => PricesResponse = contractCheck(
  "PricesResponse",
  PricesResponseSchema,
);
/** The value as a {@link HistoricalPriceResponse}. @throws ContractError naming the field that deviates */
export const checkHistoricalPriceResponse: (value: unknown) => HistoricalPriceResponse = contractCheck(
  "HistoricalPriceResponse",
  HistoricalPriceResponseSchema,
);
/** The value as a {@link RatesResponse}. @throws ContractError naming the field that deviates */
export const checkRatesResponse: (value: unknown) => RatesResponse = contractCheck(
  "RatesResponse",
  RatesResponseSchema,
);
/** The value as a {@link HealthResponse}. @throws ContractError naming the field that deviates */
export const checkHealthResponse: (value: unknown) => HealthResponse = contractCheck(
  "HealthResponse",
  HealthResponseSchema,
);
/** The value as a {@link RatesDataResponse}. @throws ContractError naming the field that deviates */
export const checkRatesDataResponse: (value: unknown) => RatesDataResponse = contractCheck(
  "RatesDataResponse",
  RatesDataResponseSchema,
);
/** The value as a {@link UmbrelWidgetResponse}. @throws ContractError naming the field that deviates */
export const checkUmbrelWidgetResponse: (value: unknown) => UmbrelWidgetResponse = contractCheck(
  "UmbrelWidgetResponse",
  UmbrelWidgetResponseSchema,
);
/** The value as a {@link ErrorResponse}. @throws ContractError naming the field that deviates */
export const checkErrorResponse: (value: unknown) => ErrorResponse = contractCheck(
  "ErrorResponse",
  ErrorResponseSchema,
);
/** The value as a {@link EvidenceResponse}. @throws ContractError naming the field that deviates */
export const checkEvidenceResponse: (value: unknown) => EvidenceResponse = contractCheck(
  "EvidenceResponse",
  EvidenceResponseSchema,
);
