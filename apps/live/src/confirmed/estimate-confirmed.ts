import { estimatePosterior, estimateReference } from "@utxoracle/estimator";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { OK_CONFIDENCE } from "../state/status.ts";

/** Number of blocks that count as a day, however long they took. */
export const BLOCKS_PER_DAY = 144;

const HOURS_PER_DAY = 24;

/**
 * Maximum relative difference between `reference` and `posterior` for an `ok` price
 * (docs/confirmed.md).
 */
const ENGINES_AGREE_WITHIN = 0.02;

/** Default engine of a window (docs/confirmed.md). */
export function engineOf(window: { readonly hours: number } | { readonly blocks: number } | "day"): Engine {
  const isLong =
    window === "day" || ("hours" in window ? window.hours >= HOURS_PER_DAY : window.blocks >= BLOCKS_PER_DAY);
  return isLong ? "reference" : "posterior";
}

/**
 * Estimates from the amounts of payments and, for `posterior`, the batch payouts of the same
 * blocks, in BTC.
 */
export type EstimateAmounts = (amountsBtc: ArrayLike<number>, batches?: readonly Float64Array[]) => PriceEstimate;

/** The estimate function of an engine. */
export function estimateConfirmed(engine: Engine): EstimateAmounts {
  return engine === "reference"
    ? (amountsBtc) => checkedReference(amountsBtc)
    : (amountsBtc, batches = []) => estimatePosterior(amountsBtc, { batches });
}

/**
 * `reference` gives no confidence, so its price is `ok` only if `posterior` agrees and is
 * confident.
 */
function checkedReference(amountsBtc: ArrayLike<number>): PriceEstimate {
  const { price } = estimateReference(amountsBtc);
  if (price === null) return { price, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };
  const { price: other, confidence } = estimatePosterior(amountsBtc);
  const agree = other !== null && Math.abs(other / price - 1) <= ENGINES_AGREE_WITHIN;
  return {
    price,
    interval: null,
    confidence: agree ? confidence : 0,
    status: agree && confidence >= OK_CONFIDENCE ? "ok" : "low_confidence",
    windowPrice: price,
  };
}
