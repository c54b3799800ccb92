import { usableAmounts } from "../amounts.ts";
import type { ReferenceEstimate, ReferenceFailure } from "../contracts.ts";
import { checkOptionsObject, describeValue, EstimatorError } from "../estimator-error.ts";
import { findCentralPrice } from "./central-price.ts";
import { countAmounts, shareCurve } from "./histogram.ts";
import { findRoughPrice } from "./rough-price.ts";
import { RoundDollarReader } from "./round-dollar-points.ts";

/** Options of the engine `reference`. */
export interface ReferenceOptions {
  /**
   * Repeat the last step around each new center until a center repeats, as the published program
   * intends. Default false, which gives the published program's numbers.
   */
  recenter?: boolean;
}

/**
 * The price by UTXOracle v9.1, number for number, steps 5 to 11: histogram, smoothing of round
 * bitcoin amounts, stencils, rough price, price points, exact price.
 *
 * It searches $10,000 to $507,000 and has no error bar. On short windows it is sometimes off by a
 * factor of two without notice, so it is meant for confirmed windows of a day or 144 blocks.
 *
 * @param amountsBtc output amounts of payments in BTC, in any order; those outside (1e-5, 1e5) are
 *   unused
 * @returns the price and every intermediate result; without a price `failure` says why
 * @throws {EstimatorError} `invalid_amount` for an amount that is not a number in (0, 21,000,000];
 *   `invalid_option`
 * @example
 * const { price } = estimateReference(amountsBtc);
 */
export function estimateReference(amountsBtc: ArrayLike<number>, options: ReferenceOptions = {}): ReferenceEstimate {
  const recenter = checkedRecenter(options);
  const amounts = usableAmounts(amountsBtc);
  const shares = shareCurve(countAmounts(amounts));
  if (shares === null) return failed("no_amounts", amounts.length);
  const rough = findRoughPrice(shares);
  if (!Number.isFinite(rough.roughPriceUsd)) return failed("no_rough_price", amounts.length);

  const points = readPoints(amounts, rough.roughPriceUsd);
  const central = findCentralPrice(points, rough.roughPriceUsd, recenter);
  if (central === null) return { ...failed("no_price_points", amounts.length), ...rough, pricePoints: points.length };
  return {
    price: central.centralPriceUsd,
    failure: null,
    outputs: amounts.length,
    ...rough,
    pricePoints: points.length,
    ...central,
  };
}

/** Step 10: all points, ascending; the later steps do not depend on their order. */
function readPoints(amounts: Float64Array, roughPriceUsd: number): Float64Array {
  const reader = new RoundDollarReader(roughPriceUsd);
  let points = new Float64Array(1024);
  let count = 0;
  const keep = (price: number): void => {
    if (count === points.length) {
      const larger = new Float64Array(2 * count);
      larger.set(points);
      points = larger;
    }
    points[count++] = price;
  };
  for (let i = 0; i < amounts.length; i++) reader.read(amounts[i] as number, keep);
  return points.subarray(0, count).sort();
}

function failed(failure: ReferenceFailure, outputs: number): ReferenceEstimate {
  return {
    price: null,
    failure,
    outputs,
    bestSlide: null,
    bestSlideScore: null,
    totalScore: null,
    roughPriceUsd: null,
    pricePoints: 0,
    centralPriceUsd: null,
    deviationPct: null,
    axisLowUsd: null,
    axisHighUsd: null,
  };
}

function checkedRecenter(options: ReferenceOptions): boolean {
  checkOptionsObject(options, ["recenter"]);
  const recenter: unknown = options.recenter ?? false;
  if (typeof recenter !== "boolean")
    throw new EstimatorError("invalid_option", `recenter is ${describeValue(recenter)}: it must be true or false`);
  return recenter;
}
