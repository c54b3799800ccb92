import { describe, expect, it } from "vitest";
import { LiveWindow } from "../src/ingest/live-window.ts";
import { paymentBytes } from "./track/simulated-payments.ts";

const START = 1_700_000_000;
const COUNT = 80_000;
const PER_SECOND = 1000;

describe("the ids beyond the window", () => {
  it("are bounded without a mempool, and the removed ones are counted", () => {
    const options = { windowSeconds: 1, engine: "posterior" } as const;
    const blind = new LiveWindow({ ...options, seesMempool: false });
    const seeing = new LiveWindow(options);
    for (let count = 1; count <= COUNT; count++) {
      const rawBytes = paymentBytes(BigInt(count), 50_000);
      const now = START + count / PER_SECOND;
      for (const window of [blind, seeing]) {
        window.transaction(rawBytes, now);
        if (count % PER_SECOND === 0) window.analyzer.getStats(now);
      }
    }
    const end = START + COUNT / PER_SECOND + 2;
    const remembered = blind.analyzer.getStats(end);
    expect(remembered).toMatchObject({
      totalReceived: COUNT,
      activeTxCount: 0,
      rememberedIds: 75_000,
      forgottenIds: 5000,
    });
    expect(seeing.analyzer.getStats(end)).toMatchObject({
      totalReceived: COUNT,
      rememberedIds: COUNT,
      forgottenIds: 0,
    });
  });
});
