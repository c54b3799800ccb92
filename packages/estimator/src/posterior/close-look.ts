import type { DistinctAmounts } from "./distinct-amounts.ts";
import { CLOSE_AXIS, logHistogram, onFinerAxis, WIDE_AXIS } from "./log-histogram.ts";
import type { PatternModel } from "./pattern-model.ts";
import { PatternScan } from "./pattern-scan.ts";
import { PRICE_COUNT } from "./price-grid.ts";

/** Prices that the wide look gives so much less than the best one (nats) are not looked at again. */
const NOT_WORTH_A_LOOK = 15;
/** Prices at equal distances within one place of the grid. */
export const PRICES_PER_PLACE = 4;

/** A run of places of the grid, looked at closely. */
export interface CloseRun {
  readonly firstPlace: number;
  readonly places: number;
  /** Scores of {@link PRICES_PER_PLACE} prices for each place in turn. */
  readonly scores: Float64Array;
}

/** Where in its place of the grid a price of a close look lies, in places. */
export function offsetInPlace(price: number): number {
  return ((price % PRICES_PER_PLACE) + 0.5) / PRICES_PER_PLACE - 0.5;
}

/** Scans the prices that the wide look leaves once more, on an axis fine enough for the sharp cores of the peaks. */
export function closeLook(
  amounts: DistinctAmounts,
  background: Float64Array,
  model: PatternModel,
  wideScores: Float64Array,
): CloseRun[] {
  const histogram = logHistogram(amounts, CLOSE_AXIS);
  const scan = new PatternScan(histogram, onFinerAxis(background, WIDE_AXIS, CLOSE_AXIS), model);
  return runsWorthALook(wideScores).map(({ firstPlace, places }) => {
    const first = firstPlace + offsetInPlace(0);
    const scores = scan.scores({ first, step: 1 / PRICES_PER_PLACE, count: places * PRICES_PER_PLACE });
    return { firstPlace, places, scores };
  });
}

function runsWorthALook(wideScores: Float64Array): { firstPlace: number; places: number }[] {
  const perPlace = wideScores.length / PRICE_COUNT;
  const bestOf = new Float64Array(PRICE_COUNT).fill(Number.NEGATIVE_INFINITY);
  let best = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < PRICE_COUNT; place++) {
    for (let i = place * perPlace; i < (place + 1) * perPlace; i++) {
      if (wideScores[i]! > bestOf[place]!) bestOf[place] = wideScores[i]!;
    }
    if (bestOf[place]! > best) best = bestOf[place]!;
  }
  const runs: { firstPlace: number; places: number }[] = [];
  let from = -1;
  for (let place = 0; place <= PRICE_COUNT; place++) {
    const worth = place < PRICE_COUNT && bestOf[place]! >= best - NOT_WORTH_A_LOOK;
    if (worth && from < 0) from = place;
    if (worth || from < 0) continue;
    runs.push({ firstPlace: from, places: place - from });
    from = -1;
  }
  return runs;
}
