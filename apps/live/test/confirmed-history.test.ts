import { expect, it } from "vitest";
import { ConfirmedHistory } from "../src/confirmed/confirmed-history.ts";
import type { BlockPrice } from "../src/confirmed/price-record.ts";

const priceAt = (height: number, hash: string): BlockPrice => ({
  ...{ kind: "block", height, hash, time: 600 * height, engine: "posterior" },
  ...{ price: 60_000, low: 59_000, high: 61_000, confidence: 0.9, status: "ok" },
});

it("forgets the prices above a block that another block replaced", () => {
  const history = new ConfirmedHistory();
  const removed: string[] = [];
  history.restore(
    [10, 11, 12].map((height) => priceAt(height, `old ${height}`)),
    { save: () => undefined, remove: ({ hash }) => removed.push(hash) },
  );
  history.keep(priceAt(11, "new 11"));
  expect(history.blocks.map(({ hash }) => hash)).toEqual(["old 10", "new 11"]);
  expect(removed).toEqual(["old 12"]);
});
