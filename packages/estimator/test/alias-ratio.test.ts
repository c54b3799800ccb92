import { expect, test } from "vitest";
import { aliasRatio } from "../src/accuracy.ts";

test.each([
  [100_900, 50_000, 2],
  [25_100, 50_000, 0.5],
  [50_600, 50_000, null],
  [52_000, 50_000, null],
])("a price of %d instead of %d is off by the ratio %s", (price, truth, ratio) => {
  expect(aliasRatio(price, truth)).toBe(ratio);
});
