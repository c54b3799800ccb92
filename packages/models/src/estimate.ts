import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { Count, Fraction, Seconds, UsdPerBtc, WindowSeconds } from "./scalars.ts";

/**
 * How reliable a price is:
 *
 * - `warming_up`: still loading; no price.
 * - `no_estimate`: loaded, but there was never enough evidence; no price.
 * - `ok`: confidence of 0.5 or more without contradicting evidence. Only on chain main.
 * - `low_confidence`: a price, but little or contradictory evidence, or the chain may not be main.
 * - `stale`: feed lost, or evidence missing or minutes old. The price is the last good one, with
 *   its time.
 */
export const EstimateStatusSchema = Type.Union(
  [
    Type.Literal("warming_up"),
    Type.Literal("no_estimate"),
    Type.Literal("ok"),
    Type.Literal("low_confidence"),
    Type.Literal("stale"),
  ],
  { description: "How reliable the price is" },
);
/**
 * How reliable a price is:
 *
 * - `warming_up`: still loading; no price.
 * - `no_estimate`: loaded, but there was never enough evidence; no price.
 * - `ok`: confidence of 0.5 or more without contradicting evidence. Only on chain main.
 * - `low_confidence`: a price, but little or contradictory evidence, or the chain may not be main.
 * - `stale`: feed lost, or evidence missing or minutes old. The price is the last good one, with
 *   its time.
 */
export type EstimateStatus = Static<typeof EstimateStatusSchema>;

/** Statuses set by an engine. The service adds `warming_up` and `stale`. */
export const EngineStatusSchema = Type.Union(
  [Type.Literal("ok"), Type.Literal("low_confidence"), Type.Literal("no_estimate")],
  { description: "Status set by the engine" },
);
/** Statuses set by an engine. The service adds `warming_up` and `stale`. */
export type EngineStatus = Static<typeof EngineStatusSchema>;

/** Estimation engine. */
export const EngineSchema = Type.Union([Type.Literal("posterior"), Type.Literal("reference")], {
  description: "Estimation engine",
});
/** Estimation engine. */
export type Engine = Static<typeof EngineSchema>;

/** The 90 % credible interval of a price. */
export const PriceIntervalSchema = Type.Object(
  { low: UsdPerBtc, high: UsdPerBtc },
  { description: "The 90 % credible interval of the price" },
);
/** The 90 % credible interval of a price. */
export type PriceInterval = Static<typeof PriceIntervalSchema>;

/** Result of an engine. */
export const PriceEstimateSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()], { description: "The current price; null if there is none" }),
    interval: Type.Union([PriceIntervalSchema, Type.Null()], {
      description: "90 % credible interval; null without a price or an error estimate",
    }),
    confidence: Fraction,
    status: EngineStatusSchema,
    windowPrice: Type.Union([UsdPerBtc, Type.Null()], { description: "The average price over the window" }),
  },
  { description: "A price with its interval and confidence" },
);
/** Result of an engine. */
export type PriceEstimate = Static<typeof PriceEstimateSchema>;

/** Why the engine `reference` has no price. */
export const ReferenceFailureSchema = Type.Union([
  Type.Literal("no_amounts"),
  Type.Literal("no_rough_price"),
  Type.Literal("no_price_points"),
]);
/** Why the engine `reference` has no price. */
export type ReferenceFailure = Static<typeof ReferenceFailureSchema>;

const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });

/**
 * All intermediate results of the engine `reference`, which follows UTXOracle v9.1. If a step
 * fails, `failure` says why and later results are null.
 */
export const ReferenceEstimateSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()]),
    failure: Type.Union([ReferenceFailureSchema, Type.Null()]),
    outputs: Type.Integer({ minimum: 0, description: "Amounts used" }),
    bestSlide: Type.Union([Type.Integer({ minimum: -141, maximum: 200 }), Type.Null()]),
    bestSlideScore: orNull("Score of the best slide"),
    totalScore: orNull("Sum of the scores of all slides"),
    roughPriceUsd: orNull("Step 9, whole US dollars"),
    pricePoints: Type.Integer({ minimum: 0, description: "Points of step 10" }),
    centralPriceUsd: orNull("Step 11, equal to price"),
    deviationPct: orNull("Spread of the points relative to the width of the ±10 % band"),
    axisLowUsd: orNull("Lower end of the price axis"),
    axisHighUsd: orNull("Upper end of the price axis"),
  },
  { description: "The estimate of the engine `reference`" },
);
/**
 * All intermediate results of the engine `reference`, which follows UTXOracle v9.1. If a step
 * fails, `failure` says why and later results are null.
 */
export type ReferenceEstimate = Static<typeof ReferenceEstimateSchema>;

/** State of the service's mempool window. */
export const MempoolStateSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()]),
    confidence: Fraction,
    activeTxCount: Count,
    totalReceived: Count,
    totalFiltered: Count,
    uptimeSeconds: Seconds,
    interval: Type.Union([PriceIntervalSchema, Type.Null()]),
    status: EstimateStatusSchema,
    windowSeconds: WindowSeconds,
    engine: EngineSchema,
  },
  { description: "The state of the mempool window" },
);
/** State of the service's mempool window. */
export type MempoolState = Static<typeof MempoolStateSchema>;

/** The value as a {@link PriceEstimate}. @throws ContractError that names the invalid field */
export const checkPriceEstimate: (value: unknown) => PriceEstimate = contractCheck(
  "PriceEstimate",
  PriceEstimateSchema,
);
/** The value as a {@link ReferenceEstimate}. @throws ContractError that names the invalid field */
export const checkReferenceEstimate: (value: unknown) => ReferenceEstimate = contractCheck(
  "ReferenceEstimate",
  ReferenceEstimateSchema,
);
/** The value as a {@link MempoolState}. @throws ContractError that names the invalid field */
export const checkMempoolState: (value: unknown) => MempoolState = contractCheck("MempoolState", MempoolStateSchema);

/** The contracts of this file by name, e.g. for `/schemas/mempool-state.json`. */
export const estimateContracts = {
  "mempool-state": MempoolStateSchema,
  "price-estimate": PriceEstimateSchema,
  "reference-estimate": ReferenceEstimateSchema,
} as const;
