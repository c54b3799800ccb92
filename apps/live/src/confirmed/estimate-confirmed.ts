import { estimatePosterior, estimateReference } from "@utxoracle/estimator";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { OK_CONFIDENCE } from "../state/status.ts";

/** Blocks of a window that counts as a day, whatever time they took. */
export const BLOCKS_PER_DAY = 144;

const HOURS_PER_DAY = 24;

/** How far `reference` may be from `posterior` and still be believed (docs/confirmed.md). */
const ENGINES_AGREE_WITHIN = 0.02;

/** The engine for a window, where nobody names one (docs/confirmed.md). */
export function engineOf(window: { readonly hours: number } | { readonly blocks: number } | "day"): Engine {
  const isLong =
    window === "day" || ("hours" in window ? window.hours >= HOURS_PER_DAY : window.blocks >= BLOCKS_PER_DAY);
  return isLong ? "reference" : "posterior";
}

/** The estimate of the amounts of a set of blocks, by an engine. */
export function estimateConfirmed(engine: Engine): (amountsBtc: ArrayLike<number>) => PriceEstimate {
  return engine === "reference" ? checkedReference : (amountsBtc) => estimatePosterior(amountsBtc);
}

/** `reference` cannot say how sure it is: `posterior`, which can, has to come to the same price. */
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
