import { expect, it } from "vitest";
import { scatteredOrder } from "../src/scattered-order.ts";

it("has each place once and no slope", () => {
  expect(scatteredOrder(0)).toEqual([]);
  expect(scatteredOrder(1)).toEqual([0]);
  const count = 400;
  const order = scatteredOrder(count);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
  // Each quarter of the block contains low and high places alike.
  for (let quarter = 0; quarter < 4; quarter++) {
    const part = order.slice((quarter * count) / 4, ((quarter + 1) * count) / 4);
    const mean = part.reduce((sum, place) => sum + place, 0) / part.length;
    expect(Math.abs(mean / count - 0.5)).toBeLessThan(0.1);
  }
});
