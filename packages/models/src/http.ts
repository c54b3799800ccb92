import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EngineSchema, EstimateStatusSchema, PriceIntervalSchema } from "./estimate.ts";
import {
  BlockHeight,
  ChainName,
  Count,
  Fraction,
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
    window_price: Type.Union([UsdPerBtc, Type.Null()], { description: "Average price over the window" }),
    confidence: Fraction,
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
        "Unix time in seconds at which the newest payment behind the price arrived; without a price, of the response",
    }),
    age_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: "Age of the newest payment behind the price; null without a price",
    }),
    engine: EngineSchema,
  },
  { description: "The price with its interval, confidence and age" },
);
/** `/api/v1/price` */
export type PriceResponse = Static<typeof PriceResponseSchema>;

/** `/api/v1/prices`, in mempool.space's format. */
export const PricesResponseSchema = Type.Object(
  { time: WholeUnixSeconds, USD: UsdPerBtc },
  {
    description:
      "The price in mempool.space's format. More currencies, e.g. `EUR`, are converted with the operator's own rates",
  },
);
/** `/api/v1/prices`, in mempool.space's format. */
export type PricesResponse = Static<typeof PricesResponseSchema>;

/** `/api/v1/historical-price`, in mempool.space's format. */
export const HistoricalPriceResponseSchema = Type.Object(
  {
    prices: Type.Array(Type.Object({ time: WholeUnixSeconds, USD: UsdPerBtc })),
    exchangeRates: Type.Record(Type.String(), Type.Number()),
  },
  { description: "Confirmed prices in mempool.space's format" },
);
/** `/api/v1/historical-price`, in mempool.space's format. */
export type HistoricalPriceResponse = Static<typeof HistoricalPriceResponseSchema>;

/** `/api/v1/fx`: the operator's own currency rates. */
export const FxResponseSchema = Type.Object(
  {
    source: Type.Literal("operator", { description: "From a file of the operator, never fetched" }),
    rates: Type.Array(
      Type.Object({
        currency: Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217 code" }),
        per_usd: Type.Number({ exclusiveMinimum: 0, description: "Units of the currency per US dollar" }),
        date: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "Last UTC day on which it is used" }),
        status: Type.Union([Type.Literal("ok"), Type.Literal("stale")], {
          description: "`stale` after that day: not used for prices",
        }),
      }),
    ),
  },
  { description: "The operator's own currency rates" },
);
/** `/api/v1/fx`: the operator's own currency rates. */
export type FxResponse = Static<typeof FxResponseSchema>;

/** `/api/rates`, in BTCPay Server's format. */
export const RatesResponseSchema = Type.Array(
  Type.Object({
    name: Type.String(),
    cryptoCode: Type.Literal("BTC"),
    currencyPair: Type.String({ pattern: "^BTC_[A-Z]{3}$" }),
    code: Type.String({ pattern: "^[A-Z]{3}$" }),
    rate: Type.Number({ minimum: 0, description: "Units of the currency per bitcoin" }),
  }),
  {
    description:
      "The rate in BTCPay Server's format; empty for pairs without a rate. Pairs other than BTC_USD use the operator's own rates, and `name` says so",
  },
);
/** `/api/rates`, in BTCPay Server's format. */
export type RatesResponse = Static<typeof RatesResponseSchema>;

/** `/rates`, in BTCPay Server's older format: the same list in `data`. */
export const RatesDataResponseSchema = Type.Object(
  { data: RatesResponseSchema },
  { description: "The rate in BTCPay Server's older format" },
);
/** `/rates`, in BTCPay Server's older format: the same list in `data`. */
export type RatesDataResponse = Static<typeof RatesDataResponseSchema>;

/** Body of an error response of any HTTP path. */
export const ErrorResponseSchema = Type.Object(
  {
    error: Type.String({ minLength: 1, description: "A stable code; the price status if there is no price" }),
    message: Type.String({ minLength: 1, description: "Human-readable message" }),
  },
  { description: "Why the request failed" },
);
/** Body of an error response of any HTTP path. */
export type ErrorResponse = Static<typeof ErrorResponseSchema>;

const HealthCodesSchema = Type.Array(
  Type.Object({ code: Type.String({ minLength: 1, description: "A stable code; the log has the message" }) }),
);

/**
 * `/health/live`, `/health/ready`: 200 if `ok`, else 503 with the reasons. Contains codes only:
 * messages include paths, names and addresses, and everyone who can reach the port can read the
 * response.
 */
export const HealthResponseSchema = Type.Object(
  {
    ok: Type.Boolean(),
    reasons: HealthCodesSchema,
    notices: Type.Optional(HealthCodesSchema),
    analyzer: Type.Optional(
      Type.Object(
        {
          epoch: Type.String({ minLength: 1, description: "Run of the analyzer" }),
          term: Type.Integer({ minimum: 1, description: "Term of the bus lease" }),
          age_seconds: Type.Number({ minimum: 0, description: "Age of its newest message" }),
        },
        { description: "At an edge: the analyzer it follows" },
      ),
    ),
  },
  { description: "Whether the service is alive or ready, with the reasons if not" },
);
/** `/health/live`, `/health/ready`: 200 if `ok`, else 503 with the reasons. */
export type HealthResponse = Static<typeof HealthResponseSchema>;

/** `/api/v1/evidence`: the round dollar amounts that support the price. */
export const EvidenceResponseSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()]),
    timestamp: UnixSeconds,
    evidence: Type.Array(
      Type.Object({
        usd: Type.Number({ exclusiveMinimum: 0, description: "The round dollar amount" }),
        votes: Type.Number({ minimum: 0, description: "Outputs worth that amount at the price, near the peak" }),
        strength: Type.Number({
          description: "Log-likelihood that these outputs add to the price; negative if they contradict it",
        }),
      }),
    ),
    support: Type.Union([
      Type.Object({
        forgeable_payments: Type.Integer({
          minimum: 0,
          description: "Fewest forged payments that could have made a false price look like this one",
        }),
        required_payments: Type.Integer({
          minimum: 0,
          description: "Minimum of forgeable_payments for the status ok",
        }),
        other_prices: Type.Array(UsdPerBtc, {
          description: "Other prices that the payments do not rule out; none while the status is ok",
        }),
      }),
      Type.Null(),
    ]),
    changes: Type.Array(
      Type.Object({
        since: UnixSeconds,
        price: UsdPerBtc,
        interval: Type.Union([PriceIntervalSchema, Type.Null()]),
        outputs_now: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
          description:
            "Outputs since then that are worth a listed amount at the price now; null if it moved less than 0.1 %, or after more than ten minutes",
        }),
        outputs_then: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
          description: "Outputs since then that are worth a listed amount at the earlier price, or null",
        }),
      }),
      {
        description:
          "Prices published ten minutes and an hour ago, and the outputs since; empty without a current price",
      },
    ),
  },
  {
    description:
      "The round dollar amounts that support the price, how strongly, how many payments could forge it, and how it moved",
  },
);
/** `/api/v1/evidence`: the round dollar amounts that support the price. */
export type EvidenceResponse = Static<typeof EvidenceResponseSchema>;

const WidgetItemSchema = Type.Object({
  title: Type.String({ minLength: 1 }),
  text: Type.String({ minLength: 1 }),
  subtext: Type.String(),
});

/** `/api/v1/umbrel-widget`, in the format of umbrelOS' four-stats widget. */
export const UmbrelWidgetResponseSchema = Type.Object(
  {
    type: Type.Literal("four-stats"),
    refresh: Type.String({ pattern: "^[0-9]+s$", description: "Refresh interval of umbrelOS" }),
    link: Type.String({ description: "Path of the page opened by a click" }),
    items: Type.Array(WidgetItemSchema, {
      minItems: 4,
      maxItems: 4,
      description: "Price, 90 % interval, confidence, payments in the window",
    }),
  },
  { description: "The price in the format of umbrelOS' widgets" },
);
/** `/api/v1/umbrel-widget`, in the format of umbrelOS' four-stats widget. */
export type UmbrelWidgetResponse = Static<typeof UmbrelWidgetResponseSchema>;

const orNullPrice = Type.Union([UsdPerBtc, Type.Null()]);

/** The price of a longer window of blocks. */
export const ConfirmedWindowSchema = Type.Object({
  price: orNullPrice,
  low: orNullPrice,
  high: orNullPrice,
  confidence: Fraction,
  status: EstimateStatusSchema,
  engine: EngineSchema,
  date: Type.Union([Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }), Type.Null()], {
    description: "The UTC day; null if the window is a number of blocks",
  }),
  first_height: BlockHeight,
  last_height: BlockHeight,
  block_timestamp: UnixSeconds,
  amounts: Type.Integer({ minimum: 0, description: "Number of outputs behind the price" }),
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
      description: "Age of the newest block behind the price, from its header time",
    }),
    window: Type.Union([ConfirmedUpdateDataSchema.properties.window, Type.Null()]),
    live_distance_ratio: Type.Union([Type.Number(), Type.Null()], {
      description: "Live price divided by this price, minus 1",
    }),
    last_144_blocks: Type.Union([ConfirmedWindowSchema, Type.Null()]),
    last_day: Type.Union([ConfirmedWindowSchema, Type.Null()], { description: "The last complete UTC day" }),
  },
  { description: "Prices of confirmed blocks: the last hours, 144 blocks, a day" },
);
/** `/api/v1/confirmed` */
export type ConfirmedResponse = Static<typeof ConfirmedResponseSchema>;

/** The value as a {@link ConfirmedResponse}. @throws ContractError that names the invalid field */
export const checkConfirmedResponse: (value: unknown) => ConfirmedResponse = contractCheck(
  "ConfirmedResponse",
  ConfirmedResponseSchema,
);
/** The value as a {@link PriceResponse}. @throws ContractError that names the invalid field */
export const checkPriceResponse: (value: unknown) => PriceResponse = contractCheck(
  "PriceResponse",
  PriceResponseSchema,
);
/** The value as a {@link PricesResponse}. @throws ContractError that names the invalid field */
export const checkPricesResponse: (value: unknown) => PricesResponse = contractCheck(
  "PricesResponse",
  PricesResponseSchema,
);
/**
 * The value as a {@link HistoricalPriceResponse}.
 *
 * @throws ContractError that names the invalid field
 */
export const checkHistoricalPriceResponse: (value: unknown) => HistoricalPriceResponse = contractCheck(
  "HistoricalPriceResponse",
  HistoricalPriceResponseSchema,
);
/** The value as a {@link FxResponse}. @throws ContractError that names the invalid field */
export const checkFxResponse: (value: unknown) => FxResponse = contractCheck("FxResponse", FxResponseSchema);
/** The value as a {@link RatesResponse}. @throws ContractError that names the invalid field */
export const checkRatesResponse: (value: unknown) => RatesResponse = contractCheck(
  "RatesResponse",
  RatesResponseSchema,
);
/** The value as a {@link HealthResponse}. @throws ContractError that names the invalid field */
export const checkHealthResponse: (value: unknown) => HealthResponse = contractCheck(
  "HealthResponse",
  HealthResponseSchema,
);
/** The value as a {@link RatesDataResponse}. @throws ContractError that names the invalid field */
export const checkRatesDataResponse: (value: unknown) => RatesDataResponse = contractCheck(
  "RatesDataResponse",
  RatesDataResponseSchema,
);
/**
 * The value as a {@link UmbrelWidgetResponse}.
 *
 * @throws ContractError that names the invalid field
 */
export const checkUmbrelWidgetResponse: (value: unknown) => UmbrelWidgetResponse = contractCheck(
  "UmbrelWidgetResponse",
  UmbrelWidgetResponseSchema,
);
/** The value as a {@link ErrorResponse}. @throws ContractError that names the invalid field */
export const checkErrorResponse: (value: unknown) => ErrorResponse = contractCheck(
  "ErrorResponse",
  ErrorResponseSchema,
);
/** The value as a {@link EvidenceResponse}. @throws ContractError that names the invalid field */
export const checkEvidenceResponse: (value: unknown) => EvidenceResponse = contractCheck(
  "EvidenceResponse",
  EvidenceResponseSchema,
);

/** The contracts of this file by name, e.g. for `/schemas/confirmed-response.json`. */
export const httpContracts = {
  "confirmed-response": ConfirmedResponseSchema,
  "error-response": ErrorResponseSchema,
  "evidence-response": EvidenceResponseSchema,
  "fx-response": FxResponseSchema,
  "health-response": HealthResponseSchema,
  "historical-price-response": HistoricalPriceResponseSchema,
  "price-response": PriceResponseSchema,
  "prices-response": PricesResponseSchema,
  "rates-response": RatesResponseSchema,
  "rates-data-response": RatesDataResponseSchema,
  "umbrel-widget-response": UmbrelWidgetResponseSchema,
} as const;
