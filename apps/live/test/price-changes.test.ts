import { describe, expect, it } from "vitest";
import { LiveWindow } from "../src/ingest/live-window.ts";
import { priceChanges } from "../src/serve/price-changes.ts";
import { paymentBytes } from "./track/simulated-payments.ts";

const NOW = 1_763_780_000;
const roundUsd = [20, 50, 100];

/** A history with one price, published at each of the asked times. */
const historyOf = (price: number, status: "ok" | "stale" = "ok") => ({
  rows: ({ to }: { readonly to: number }) => [
    { time: to, price, low: 0.995 * price, high: Math.round(1.005 * price), status },
  ],
});

/**
 * A window with a payment a second of round dollar amounts at a price that changes a few minutes
 * ago.
 */
function windowOf(before: number, after: number): LiveWindow {
  const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
  for (let second = 0; second < 3600; second++) {
    const price = second < 3300 ? before : after;
    const usd = roundUsd[second % 3] as number;
    window.transaction(paymentBytes(BigInt(second), Math.round((1e8 * usd) / price)), NOW - 3600 + second);
  }
  return window;
}

describe("the changes of the price", () => {
  it("count the outputs at the price now and at the price ten minutes ago", () => {
    const window = windowOf(60_000, 60_600);
    const [tenMinutes, hour] = priceChanges({
      ...{ now: NOW, price: 60_600, roundUsd, window },
      history: historyOf(60_000),
    });
    expect(tenMinutes).toEqual({
      since: NOW - 600,
      price: 60_000,
      interval: { low: 59_700, high: 60_300 },
      outputs_now: 300,
      outputs_then: 300,
    });
    expect(hour).toMatchObject({ since: NOW - 3600, outputs_now: null, outputs_then: null });
  });

  it("count nothing where both prices are the same but for rounding", () => {
    const [change] = priceChanges({
      ...{ now: NOW, price: 60_030, roundUsd, window: windowOf(60_000, 60_000) },
      history: historyOf(60_000),
    });
    expect(change).toMatchObject({ price: 60_000, outputs_now: null, outputs_then: null });
  });

  it("leave out a time without a current price", () => {
    const window = windowOf(60_000, 60_600);
    expect(
      priceChanges({ ...{ now: NOW, price: 60_600, roundUsd, window }, history: historyOf(60_000, "stale") }),
    ).toEqual([]);
    expect(priceChanges({ now: NOW, price: 60_600, roundUsd, window, history: { rows: () => [] } })).toEqual([]);
  });
});
