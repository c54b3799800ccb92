import { expect, it } from "vitest";
import { LiveFilter } from "../../src/posterior/filter/live-filter.ts";
import { simulatedAmountsBtc } from "../simulated-market.ts";

const NOW = 1_700_000_000;
const PRICE = 67_000;
const MINUTES = 40;
const PER_MINUTE = 150;

function trackerOfMarket(): LiveFilter {
  const tracker = new LiveFilter(10_800);
  const amounts = simulatedAmountsBtc(PRICE, MINUTES * PER_MINUTE, 5);
  for (const [index, btc] of amounts.entries())
    tracker.add(Math.round(btc * 1e8), 0, NOW - 60 * Math.floor(index / PER_MINUTE));
  return tracker;
}

it("tells the same price however many amounts have come and gone since it was asked", () => {
  const untouched = trackerOfMarket().estimate(NOW);
  expect(untouched.status).toBe("ok");
  const tracker = trackerOfMarket();
  expect(tracker.estimate(NOW)).toEqual(untouched);
  // More than may wait to be counted, in one minute, none of them round in bitcoin.
  const visitors = Array.from({ length: 20_000 }, (_, index) => 100_001 + 103 * index).filter(
    (sats) => sats % 100 !== 0,
  );
  for (const sats of visitors) tracker.add(sats, 0, NOW - 90);
  const crowded = tracker.estimate(NOW);
  expect(crowded).not.toEqual(untouched);
  for (const sats of visitors) tracker.remove(sats, 0, NOW - 90);
  expect(tracker.estimate(NOW)).toEqual(untouched);
  for (const sats of visitors) tracker.add(sats, 0, NOW - 90);
  for (const sats of visitors) tracker.remove(sats, 0, NOW - 90);
  expect(tracker.estimate(NOW)).toEqual(untouched);
  for (const sats of visitors) tracker.add(sats, 0, NOW - 90);
  expect(tracker.estimate(NOW)).toEqual(crowded);
});
