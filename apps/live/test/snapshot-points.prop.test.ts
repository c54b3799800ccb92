import { createHash } from "node:crypto";
import { type PricePoint, SNAPSHOT_POINTS_MAX } from "@utxoracle/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { snapshotPoints } from "../src/state/snapshot-points.ts";

const NOW = 1_763_780_000;
const point = (index: number, timestamp: number): PricePoint => ({
  ...{ timestamp, price: 60_000, vout: 0, amount: 0.001 },
  txid: createHash("sha256").update(String(index)).digest("hex"),
});
/** Two points a second for 15 minutes, as the page shows them. */
const points = Array.from({ length: 1800 }, (_, index) => point(index, NOW - 900 + index / 2));

describe("the points of a snapshot", () => {
  it("are complete for the newest and reach back 15 minutes in each part of the plot", () => {
    const kept = snapshotPoints(points);
    expect(kept).toHaveLength(SNAPSHOT_POINTS_MAX);
    expect(kept.slice(-150)).toEqual(points.slice(-150));
    const agesBetween = (from: number, to: number): number =>
      kept.filter(({ timestamp }) => NOW - timestamp >= from && NOW - timestamp < to).length;
    for (const [from, to] of [
      [75, 150],
      [150, 300],
      [300, 600],
      [600, 900],
    ] as const)
      expect(agesBetween(from, to), `${from} s to ${to} s`).toBeGreaterThan(8);
  });

  it("are the same whether they come at once or in parts, and keep their order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1200 }), fc.integer({ min: 1, max: 200 })), { maxLength: 8 }),
        (batches) => {
          let index = 0;
          const all: PricePoint[] = [];
          let kept: PricePoint[] = [];
          for (const [age, count] of batches) {
            const fresh = Array.from({ length: count }, () => point(index++, NOW - age - (index % 90)));
            all.push(...fresh);
            kept = snapshotPoints([...kept, ...fresh]);
          }
          expect(kept).toEqual(snapshotPoints(all));
          expect(kept).toEqual(all.filter((each) => kept.includes(each)));
        },
      ),
      { numRuns: 60 },
    );
  });
});
