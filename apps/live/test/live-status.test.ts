import type { PriceEstimate } from "@utxoracle/models";
import { describe, expect, it } from "vitest";
import {
  confirmedStatus,
  EVIDENCE_LIMIT_SECONDS,
  EVIDENCE_PAYMENTS,
  type LiveCircumstances,
  type LiveVerdict,
  liveVerdict,
} from "../src/state/status.ts";

const good: PriceEstimate = {
  price: 60_000,
  interval: { low: 59_900, high: 60_100 },
  confidence: 0.97,
  status: "ok",
  windowPrice: 60_010,
};
const weak: PriceEstimate = { ...good, price: 61_000, confidence: 0.3, status: "low_confidence" };
const nothing: PriceEstimate = { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };

/** Verdicts of a sequence, each based on the previous one. */
function verdicts(...moments: [PriceEstimate, Partial<LiveCircumstances>?][]): LiveVerdict[] {
  const made: LiveVerdict[] = [];
  for (const [index, [estimate, circumstances]] of moments.entries())
    made.push(
      liveVerdict(estimate, {
        now: 1000 + index,
        arrivals: Array.from({ length: EVIDENCE_PAYMENTS }, () => 1000 + index),
        loading: false,
        feedLost: false,
        before: made.at(-1) ?? null,
        ...circumstances,
      }),
    );
  return made;
}

describe("the status of the live price", () => {
  it("is warming_up while the window loads, then no_estimate", () => {
    const [loading, loaded] = verdicts([nothing, { loading: true }], [nothing]);
    expect(loading).toMatchObject({ status: "warming_up", price: null, interval: null, confidence: 0 });
    expect(loaded).toMatchObject({ status: "no_estimate", price: null });
  });

  it("is the engine's with a feed", () => {
    const [ok, low] = verdicts([good, { loading: true }], [weak]);
    expect(ok).toMatchObject({ status: "ok", price: 60_000, confidence: 0.97, priceTimestamp: 1000 });
    expect(low).toMatchObject({ status: "low_confidence", price: 61_000, priceTimestamp: 1001 });
  });

  it("is never ok below a confidence of 0.5", () => {
    expect(verdicts([{ ...good, confidence: 0.49 }])[0]).toMatchObject({ status: "low_confidence" });
  });

  it("is stale after losing the feed, with the last good price and confidence 0", () => {
    const [, , lost, still, back] = verdicts([good], [weak], [weak, { feedLost: true }], [nothing], [good]);
    for (const verdict of [lost, still])
      expect(verdict).toMatchObject({ status: "stale", price: 60_000, priceTimestamp: 1000, confidence: 0 });
    expect(back).toMatchObject({ status: "ok", priceTimestamp: 1004 });
  });

  it("is stale with the last weak price only if there never was a good one", () => {
    const [, , lost] = verdicts([weak], [{ ...weak, price: 62_000 }], [nothing]);
    expect(lost).toMatchObject({ status: "stale", price: 62_000, priceTimestamp: 1001 });
  });

  it("has the time of the newest payment", () => {
    const [ok] = verdicts([good, { now: 1100, arrivals: [1070, 1069, 1068] }]);
    expect(ok).toMatchObject({ status: "ok", priceTimestamp: 1070, lastGood: { timestamp: 1070 } });
    // A node's clock may be ahead.
    expect(verdicts([good, { now: 1000, arrivals: [1003, 1002, 1001] }])[0]).toMatchObject({ priceTimestamp: 1000 });
  });

  it("is stale with too few recent payments, at any confidence", () => {
    const limit = EVIDENCE_LIMIT_SECONDS;
    const fresh: Partial<LiveCircumstances> = { now: 1000, arrivals: [1000, 999, 998] };
    const mute: Partial<LiveCircumstances> = { now: 998 + limit, arrivals: [1000, 999, 998] };
    const [, still, stale] = verdicts([good, fresh], [good, mute], [good, { ...mute, now: 998.1 + limit }]);
    expect(still).toMatchObject({ status: "ok", priceTimestamp: 1000 });
    expect(stale).toMatchObject({ status: "stale", price: 60_000, priceTimestamp: 1000, confidence: 0 });
    const trickle: Partial<LiveCircumstances> = { now: 2000, arrivals: [1999, 1900, 1800] };
    expect(verdicts([good, fresh], [good, trickle])[1]).toMatchObject({ status: "stale", priceTimestamp: 1000 });
    expect(verdicts([good, fresh], [good, { now: 1001, arrivals: [1001, 1000] }])[1]).toMatchObject({
      status: "stale",
    });
    // Without an earlier good price there is none to show.
    expect(verdicts([good, { ...mute, now: 3000 }])[0]).toMatchObject({ status: "no_estimate", price: null });
  });

  it("has no price if the node was never connected", () => {
    expect(verdicts([nothing, { feedLost: true }])[0]).toMatchObject({ status: "warming_up", price: null });
    expect(verdicts([good, { feedLost: true }])[0]).toMatchObject({ status: "warming_up", price: null });
  });
});

describe("the status of a confirmed price", () => {
  it("is stale three hours after the tip, if there is a price", () => {
    expect(confirmedStatus("ok", 1000, 1000 + 10_800)).toBe("ok");
    expect(confirmedStatus("ok", 1000, 1000 + 10_801)).toBe("stale");
    expect(confirmedStatus("low_confidence", 1000, 20_000)).toBe("stale");
    expect(confirmedStatus("no_estimate", 1000, 20_000)).toBe("no_estimate");
    expect(confirmedStatus("warming_up", null, 20_000)).toBe("warming_up");
  });
});
