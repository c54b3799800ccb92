import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EngineSchema, EstimateStatusSchema } from "./estimate.ts";
import { BlockHeight, ChainName, Count, Fraction, UsdPerBtc, WholeUnixSeconds, WindowSeconds } from "./scalars.ts";
import { SourceSchema } from "./stream.ts";

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
/** The contracts of this file by name, e.g. for `/schemas/price-response.json`. */
export const httpContracts = {
  "error-response": ErrorResponseSchema,
  "fx-response": FxResponseSchema,
  "health-response": HealthResponseSchema,
  "historical-price-response": HistoricalPriceResponseSchema,
  "price-response": PriceResponseSchema,
  "prices-response": PricesResponseSchema,
  "rates-response": RatesResponseSchema,
  "rates-data-response": RatesDataResponseSchema,
  "umbrel-widget-response": UmbrelWidgetResponseSchema,
} as const;
