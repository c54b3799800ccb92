import { expect, test } from "vitest";
import { ALIAS_FACTORS } from "../../src/posterior/filter/round-amount-census.ts";

test.each([1 / 6, 1 / 3, 2 / 3, 4 / 3, 5 / 3, 10 / 3, 20 / 3])("a price %f times off counts as an alias", (factor) => {
  expect(ALIAS_FACTORS.some((known) => Math.abs(known / factor - 1) < 1e-6)).toBe(true);
});
