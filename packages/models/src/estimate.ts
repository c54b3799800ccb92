import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { Count, Seconds, Share, UsdPerBtc, WindowSeconds } from "./scalars.ts";

/**
 * How far a price may be trusted:
 *
 * - `warming_up`: nothing yet, still loading; no price.
 * - `no_estimate`: loaded, and the evidence has never sufficed; no price.
 * - `ok`: confidence of 0.5 or more, and nothing that contradicts the price. Never on another chain than main.
 * - `low_confidence`: a price, but the evidence is thin or contradictory, or the chain is not known to be main.
 * - `stale`: the feed is lost, or the evidence gone or minutes old, after there was a price: the last good one, with its time.
 */
export const EstimateStatusSchema = Type.Union(
  [
    Type.Literal("warming_up"),
    Type.Literal("no_estimate"),
    Type.Literal("ok"),
    Type.Literal("low_confidence"),
    Type.Literal("stale"),
  ],
  { description: "How far the price may be trusted" },
);
/**
 * How far a price may be trusted:
 *
 * - `warming_up`: nothing yet, still loading; no price.
 * - `no_estimate`: loaded, and the evidence has never sufficed; no price.
 * - `ok`: confidence of 0.5 or more, and nothing that contradicts the price. Never on another chain than main.
 * - `low_confidence`: a price, but the evidence is thin or contradictory, or the chain is not known to be main.
 * - `stale`: the feed is lost, or the evidence gone or minutes old, after there was a price: the last good one, with its time.
 */
export type EstimateStatus = Static<typeof EstimateStatusSchema>;

/** What an engine itself can say of its price; the other two statuses are the service's. */
export const EngineStatusSchema = Type.Union(
  [Type.Literal("ok"), Type.Literal("low_confidence"), Type.Literal("no_estimate")],
  { description: "What the engine says of its price" },
);
/** What an engine itself can say of its price; the other two statuses are the service's. */
export type EngineStatus = Static<typeof EngineStatusSchema>;

/** Which engine made an estimate. */
export const EngineSchema = Type.Union([Type.Literal("posterior"), Type.Literal("reference")], {
  description: "Which engine made the estimate",
});
/** Which engine made an estimate. */
export type Engine = Static<typeof EngineSchema>;

/** The 90 % interval of a price. */
export const PriceIntervalSchema = Type.Object(
  { low: UsdPerBtc, high: UsdPerBtc },
  { description: "The 90 % interval of the price" },
);
/** The 90 % interval of a price. */
export type PriceInterval = Static<typeof PriceIntervalSchema>;

/** What an engine answers. */
export const PriceEstimateSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()], { description: "The price now; null when there is none" }),
    interval: Type.Union([PriceIntervalSchema, Type.Null()], {
      description: "90 %; null without a price or an error bar",
    }),
    confidence: Share,
    status: EngineStatusSchema,
    windowPrice: Type.Union([UsdPerBtc, Type.Null()], { description: "The average over the window" }),
  },
  { description: "A price with what is known of its error" },
);
/** What an engine answers. */
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

/** Every intermediate result of the engine `reference`, by the steps of UTXOracle v9.1; null where `failure` says why. */
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
    centralPriceUsd: orNull("Step 11, the same number as price"),
    deviationPct: orNull("Spread of the points over the width of the ±10 % band"),
    axisLowUsd: orNull("Lower end of the price axis"),
    axisHighUsd: orNull("Upper end of the price axis"),
  },
  { description: "The estimate of the engine `reference`" },
);
/** Every intermediate result of the engine `reference`, by the steps of UTXOracle v9.1; null where `failure` says why. */
export type ReferenceEstimate = Static<typeof ReferenceEstimateSchema>;

/** What the service knows of its mempool window, in one object. */
export const MempoolStateSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()]),
    confidence: Share,
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
/** What the service knows of its mempool window, in one object. */
export type MempoolState = Static<typeof MempoolStateSchema>;

/** The value as a {@link PriceEstimate}. @throws ContractError naming the field that deviates */
export const checkPriceEstimate: (value: unknown) => PriceEstimate = contractCheck(
  "PriceEstimate",
  PriceEstimateSchema,
);
/** The value as a {@link ReferenceEstimate}. @throws ContractError naming the field that deviates */
export const checkReferenceEstimate: (value: unknown) => ReferenceEstimate = contractCheck(
  "ReferenceEstimate",
  ReferenceEstimateSchema,
);
/** The value as a {@link MempoolState}. @throws ContractError naming the field that deviates */
export const checkMempoolState: (value: unknown) => MempoolState = contractCheck("MempoolState", MempoolStateSchema);
