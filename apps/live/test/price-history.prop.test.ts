import { HISTORY_STEPS } from "@utxoracle/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PriceHistory } from "../src/history/price-history.ts";
import { rowsWithGaps } from "../src/history/rows-with-gaps.ts";
import { StepRows } from "../src/history/step-rows.ts";
import type { HistoryRow } from "../src/state/history-rows.ts";
import { tick } from "./http/test-state.ts";

const START = 1_763_800_000;
const row = (time: number, price: number | null = 60_000, status: HistoryRow["status"] = "ok"): HistoryRow => ({
  time,
  price,
  low: price,
  high: price,
  status,
});

const priced = fc.record({ gap: fc.integer({ min: 1, max: 40 }), price: fc.option(fc.integer({ min: 1, max: 1e6 })) });

describe("the rows of a step", () => {
  it("are the newest priced row of each step, as far back as the step is kept", () => {
    fc.assert(
      fc.property(fc.array(priced, { maxLength: 300 }), (moments) => {
        const rows = new StepRows({ stepSeconds: 60, keptSeconds: 1200 });
        const added: HistoryRow[] = [];
        let time = START;
        for (const { gap, price } of moments) {
          time += 10 * gap;
          added.push(row(time, price));
          rows.add(row(time, price));
        }
        const expected = new Map<number, HistoryRow>();
        for (const each of added) {
          const step = Math.ceil(each.time / 60);
          if (each.price !== null || (expected.get(step)?.price ?? null) === null) expected.set(step, each);
        }
        expect(rows.all).toEqual([...expected.values()].filter((each) => each.time >= time - 1200));
      }),
    );
  });
});

describe("the recorded history", () => {
  it("has the first update after each multiple of 10 seconds, in every step", () => {
    const history = new PriceHistory();
    for (let time = START; time < START + 1200; time += 0.5)
      history.record(tick({ timestamp: time, price: 60_000 + (time - START) }));
    for (const { stepSeconds: step } of HISTORY_STEPS) {
      const rows = history.rows({ step, from: START, to: START + 1190 });
      expect(rows.at(-1)).toMatchObject({ time: START + 1190, price: 61_190 });
      for (const { time, price } of rows) expect(price).toBe(60_000 + (time - START));
    }
  });

  it("drops rows of the future after a step of the clock back", () => {
    const history = new PriceHistory();
    history.record(tick({ timestamp: START + 9000 }));
    history.record(tick({ timestamp: START, price: 50_000 }));
    expect(history.rows({ step: 10, from: START - 100, to: START + 10_000 }).map(({ time }) => time)).toEqual([
      START,
      START + 10,
    ]);
  });
});

describe("gaps", () => {
  it("start with a row of status missing, one step after the last row", () => {
    const rows = rowsWithGaps([row(600), row(1200), row(6000)], [], { step: 600, to: 6600 });
    expect(rows.map(({ time, status }) => [time, status])).toEqual([
      [600, "ok"],
      [1200, "ok"],
      [1800, "missing"],
      [6000, "ok"],
    ]);
  });

  it("are filled by confirmed hours, which never replace a published price", () => {
    const hours = [row(1800, 1, "confirmed"), row(5400, 2, "confirmed"), row(9000, 3, "confirmed")];
    const rows = rowsWithGaps([row(600, null, "warming_up"), row(10_200, 7)], hours, { step: 600, to: 10_200 });
    expect(rows.map(({ price, status }) => [price, status])).toEqual([
      [1, "confirmed"],
      [2, "confirmed"],
      [7, "ok"],
    ]);
  });

  it("never leave a null price unmarked or times out of order", () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, times, (publishedAt, confirmedAt) => {
        const published = publishedAt.sort((a, b) => a - b).map((index) => row(index * 600));
        const hours = confirmedAt.sort((a, b) => a - b).map((index) => row(index * 3600 + 1800, 5, "confirmed"));
        const rows = rowsWithGaps(published, hours, { step: 600, to: 3000 * 3600 });
        for (const [index, { time, status, price }] of rows.entries()) {
          expect(time).toBeGreaterThan(rows[index - 1]?.time ?? -1);
          expect(price === null).toBe(status === "missing");
        }
        for (const each of published) expect(rows).toContainEqual(each);
      }),
    );
  });
});
