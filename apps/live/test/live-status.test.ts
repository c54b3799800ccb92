import type { PriceEstimate } from "@utxoracle/models";
import { describe, expect, it } from "vitest";
import { type LiveCircumstances, type LiveVerdict, liveVerdict } from "../src/service/live-status.ts";

const good: PriceEstimate = {
  price: 60_000,
  interval: { low: 59_900, high: 60_100 },
  confidence: 0.97,
  status: "ok",
  windowPrice: 60_010,
};
const weak: PriceEstimate = { ...good, price: 61_000, confidence: 0.3, status: "low_confidence" };
const nothing: PriceEstimate = { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };

/** Verdicts of a sequence of moments, each knowing the one before. */
function verdicts(...moments: [PriceEstimate, Partial<LiveCircumstances>?][]): LiveVerdict[] {
  const made: LiveVerdict[] = [];
  for (const [index, [estimate, circumstances]] of moments.entries())
    made.push(
      liveVerdict(estimate, {
        now: 1000 + index,
        loading: false,
        feedLost: false,
        before: made.at(-1) ?? null,
        ...circumstances,
      }),
    );
  return made;
}

describe("the status of the live price", () => {
  it("is warming_up while nothing is there and the window is being filled, then no_estimate", () => {
    const [loading, loaded] = verdicts([nothing, { loading: true }], [nothing]);
    expect(loading).toMatchObject({ status: "warming_up", price: null, interval: null, confidence: 0 });
    expect(loaded).toMatchObject({ status: "no_estimate", price: null });
  });

  it("is the engine's as long as there is a feed", () => {
    const [ok, low] = verdicts([good, { loading: true }], [weak]);
    expect(ok).toMatchObject({ status: "ok", price: 60_000, confidence: 0.97, priceTimestamp: 1000 });
    expect(low).toMatchObject({ status: "low_confidence", price: 61_000, priceTimestamp: 1001 });
  });

  it("is never ok under a confidence of 0.5, whatever the engine says", () => {
    expect(verdicts([{ ...good, confidence: 0.49 }])[0]).toMatchObject({ status: "low_confidence" });
  });

  it("is stale when the feed is lost, with the last good price, its time and no confidence", () => {
    const [, , lost, still, back] = verdicts([good], [weak], [weak, { feedLost: true }], [nothing], [good]);
    for (const verdict of [lost, still])
      expect(verdict).toMatchObject({ status: "stale", price: 60_000, priceTimestamp: 1000, confidence: 0 });
    expect(back).toMatchObject({ status: "ok", priceTimestamp: 1004 });
  });

  it("shows the last weak price as stale only where there never was a good one", () => {
    const [, , lost] = verdicts([weak], [{ ...weak, price: 62_000 }], [nothing]);
    expect(lost).toMatchObject({ status: "stale", price: 62_000, priceTimestamp: 1001 });
  });

  it("invents nothing when the node was never there", () => {
    expect(verdicts([nothing, { feedLost: true }])[0]).toMatchObject({ status: "warming_up", price: null });
    expect(verdicts([good, { feedLost: true }])[0]).toMatchObject({ status: "warming_up", price: null });
  });
});
