import { expect, it } from "vitest";
import { OwnPauses } from "../src/ingest/own-pauses.ts";

it("reports a pause of the process before and after the next beat, for a minute", () => {
  let now = 100;
  const pauses = new OwnPauses(() => now);
  for (; now < 110; now += 0.5) pauses.beat();
  expect(pauses.recent).toBeNull();
  now += 7;
  expect(pauses.recent).toBeCloseTo(7.5);
  pauses.beat();
  expect(pauses.recent).toBeCloseTo(7.5);
  for (let beat = 0; beat < 118; beat++, now += 0.5) pauses.beat();
  expect(pauses.recent).toBeCloseTo(7.5);
  for (let beat = 0; beat < 4; beat++, now += 0.5) pauses.beat();
  expect(pauses.recent).toBeNull();
});
