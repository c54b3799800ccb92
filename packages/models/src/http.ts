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
export const PriceAnswerSchema = Type.Object(
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
export type PriceAnswer = Static<typeof PriceAnswerSchema>;

/** `/api/v1/prices`, the shape of mempool.space. */
export const PricesAnswerSchema = Type.Object(
  { time: WholeUnixSeconds, USD: UsdPerBtc },
  { description: "The price in mempool.space's shape" },
);
/** `/api/v1/prices`, the shape of mempool.space. */
export type PricesAnswer = Static<typeof PricesAnswerSchema>;

/** `/api/v1/historical-price`, the shape of mempool.space. */
export const HistoricalPriceAnswerSchema = Type.Object(
  {
    prices: Type.Array(Type.Object({ time: WholeUnixSeconds, USD: UsdPerBtc })),
    exchangeRates: Type.Record(Type.String(), Type.Number()),
  },
  { description: "Confirmed prices in mempool.space's shape" },
);
/** `/api/v1/historical-price`, the shape of mempool.space. */
export type HistoricalPriceAnswer = Static<typeof HistoricalPriceAnswerSchema>;

/** `/api/rates`, the shape of BTCPay Server. */
export const RatesAnswerSchema = Type.Array(
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
export type RatesAnswer = Static<typeof RatesAnswerSchema>;

/** `/rates`, the older shape of BTCPay Server: the same list in `data`. */
export const RatesDataAnswerSchema = Type.Object(
  { data: RatesAnswerSchema },
  { description: "The rate in BTCPay Server's older shape" },
);
/** `/rates`, the older shape of BTCPay Server: the same list in `data`. */
export type RatesDataAnswer = Static<typeof RatesDataAnswerSchema>;

/** Whatever an HTTP path answers when it cannot answer what was asked. */
export const ErrorAnswerSchema = Type.Object(
  {
    error: Type.String({ minLength: 1, description: "A stable code; while there is no price its status" }),
    message: Type.String({ minLength: 1, description: "What is wrong, for people" }),
  },
  { description: "Why there is no answer" },
);
/** Whatever an HTTP path answers when it cannot answer what was asked. */
export type ErrorAnswer = Static<typeof ErrorAnswerSchema>;

const HealthCodesSchema = Type.Array(
  Type.Object({ code: Type.String({ minLength: 1, description: "A stable code; the log has the sentence" }) }),
);

/**
 * `/health/live`, `/health/ready`: 200 when `ok`, else 503 with what stands in the way. Codes only: sentences have paths,
 * names and addresses in them, and anybody who reaches the port may read the answer.
 */
export const HealthAnswerSchema = Type.Object(
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
export type HealthAnswer = Static<typeof HealthAnswerSchema>;

/** `/api/v1/evidence`: which round dollar amounts carry the price. */
export const EvidenceAnswerSchema = Type.Object(
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
export type EvidenceAnswer = Static<typeof EvidenceAnswerSchema>;

const WidgetItemSchema = Type.Object({
  title: Type.String({ minLength: 1 }),
  text: Type.String({ minLength: 1 }),
  subtext: Type.String(),
});

/** `/api/v1/umbrel-widget`, the shape of umbrelOS' widget of four numbers. */
export const UmbrelWidgetAnswerSchema = Type.Object(
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
export type UmbrelWidgetAnswer = Static<typeof UmbrelWidgetAnswerSchema>;

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
export const ConfirmedAnswerSchema = Type.Object(
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
export type ConfirmedAnswer = Static<typeof ConfirmedAnswerSchema>;

/** The value as a {@link ConfirmedAnswer}. @throws ContractError naming the field that deviates */
export const checkConfirmedAnswer: (value: unknown) => ConfirmedAnswer = contractCheck(
  "ConfirmedAnswer",
  ConfirmedAnswerSchema,
);
/** The value as a {@link PriceAnswer}. @throws ContractError naming the field that deviates */
export const checkPriceAnswer: (value: unknown) => PriceAnswer = contractCheck("PriceAnswer", PriceAnswerSchema);
/** The value as a {@link PricesAnswer}. @throws ContractError naming the field that deviates */
export const checkPricesAnswer: (value: unknown) => PricesAnswer = contractCheck("PricesAnswer", PricesAnswerSchema);
/** The value as a {@link HistoricalPriceAnswer}. @throws ContractError naming the field that deviates */
export const checkHistoricalPriceAnswer: (value: unknown) => HistoricalPriceAnswer = contractCheck(
  "HistoricalPriceAnswer",
  HistoricalPriceAnswerSchema,
);
/** The value as a {@link RatesAnswer}. @throws ContractError naming the field that deviates */
export const checkRatesAnswer: (value: unknown) => RatesAnswer = contractCheck("RatesAnswer", RatesAnswerSchema);
/** The value as a {@link HealthAnswer}. @throws ContractError naming the field that deviates */
export const checkHealthAnswer: (value: unknown) => HealthAnswer = contractCheck("HealthAnswer", HealthAnswerSchema);
/** The value as a {@link RatesDataAnswer}. @throws ContractError naming the field that deviates */
export const checkRatesDataAnswer: (value: unknown) => RatesDataAnswer = contractCheck(
  "RatesDataAnswer",
  RatesDataAnswerSchema,
);
/** The value as a {@link UmbrelWidgetAnswer}. @throws ContractError naming the field that deviates */
export const checkUmbrelWidgetAnswer: (value: unknown) => UmbrelWidgetAnswer = contractCheck(
  "UmbrelWidgetAnswer",
  UmbrelWidgetAnswerSchema,
);
/** The value as a {@link ErrorAnswer}. @throws ContractError naming the field that deviates */
export const checkErrorAnswer: (value: unknown) => ErrorAnswer = contractCheck("ErrorAnswer", ErrorAnswerSchema);
/** The value as a {@link EvidenceAnswer}. @throws ContractError naming the field that deviates */
export const checkEvidenceAnswer: (value: unknown) => EvidenceAnswer = contractCheck(
  "EvidenceAnswer",
  EvidenceAnswerSchema,
);
