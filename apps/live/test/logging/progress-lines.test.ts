import type { MempoolSnapshotData } from "@utxoracle/models";
import type { Logger } from "pino";
import { describe, expect, it } from "vitest";
import { blockProgress } from "../../src/logging/block-progress.ts";
import { PriceLines } from "../../src/logging/price-lines.ts";
import { timeLeftText, WorkProgress } from "../../src/logging/work-progress.ts";
import { tick } from "../http/test-state.ts";

function recorder(): { log: Logger; lines: [object, string][] } {
  const lines: [object, string][] = [];
  return { log: { info: (fields: object, text: string) => lines.push([fields, text]) } as unknown as Logger, lines };
}

describe("the progress of long work", () => {
  it("has the time left from the speed so far, once it is known", () => {
    let now = 0;
    const progress = new WorkProgress(() => now);
    // Ten days were done by an earlier run.
    expect(progress.at(10, 110).seconds_left).toBeNull();
    now = 1_000;
    expect(progress.at(11, 110).seconds_left).toBeNull();
    now = 10_000;
    expect(progress.at(30, 110)).toEqual({ done: 30, total: 110, seconds_left: 40 });
    expect([5, 300, 9_000].map(timeLeftText)).toEqual(["about 5 s left", "about 5 min left", "about 3 h left"]);
  });

  it("is logged every few seconds while blocks are loaded, and not for a few blocks", () => {
    const { log, lines } = recorder();
    let now = 0;
    const report = blockProgress(log, "loading blocks of the window", () => now);
    for (let done = 0; done < 3; done++) report(done, 3);
    expect(lines).toEqual([]);
    for (let done = 0; done < 60; done++) {
      now = done * 1_000;
      report(done, 60);
    }
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toEqual([{ done: 55, total: 60, seconds_left: 5 }, "loading blocks of the window"]);
  });
});

describe("the price in the log", () => {
  it("is one line at first and one per block, none without a price", () => {
    const { log, lines } = recorder();
    const prices = new PriceLines(log);
    const at = (height: number, more: Partial<MempoolSnapshotData> = {}): void => {
      const data = tick(more);
      prices.onTick({ ...data, node: { ...data.node, height } });
    };
    at(870_000, { price: null, interval: null, status: "warming_up" });
    at(870_000);
    at(870_000);
    at(870_001);
    expect(lines.map(([fields, text]) => ({ ...fields, text }))).toEqual([
      { usd: 113_600.5, low: 113_310, high: 113_890, status: "ok", height: 870_000, text: "price" },
      { usd: 113_600.5, low: 113_310, high: 113_890, status: "ok", height: 870_001, text: "price" },
    ]);
  });
});
