import { AGE_AXIS } from "../src/age-axis.ts";
import { ChartModel } from "../src/chart-model.ts";
import { layOut } from "../src/layout.ts";
import { PriceRange } from "../src/price-range.ts";
import type { Scene } from "../src/scene.ts";
import { buildScene } from "../src/scene-builder.ts";
import { DARK_THEME } from "../src/theme.ts";
import { confirmedUpdate, mempoolUpdate, point, T } from "./sample-messages.ts";

/** A scene of known points: mempool points of ages 0.1, 5 and 60 s, and three blocks. */
export function sampleScene(ratio: number, width = 1000, height = 500): Scene {
  const model = new ChartModel(5000, 900);
  model.applyUnchecked(
    mempoolUpdate({
      snapshot: true,
      transactions: [point(1, T - 60, 112_000), point(2, T - 5, 113_600), point(3, T - 0.1, 115_000)],
    }),
    0,
  );
  model.applyUnchecked(confirmedUpdate({}), 0);
  const range = new PriceRange();
  range.follow(113_600, 113_400, 0);
  return buildScene(model, range, layOut(width, height, false), ratio, DARK_THEME, T, {}, AGE_AXIS);
}
