import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SavedData } from "../../src/store/saved-data.ts";
import { keepTrackRecord } from "../../src/track/keep-track-record.ts";
import { HINDSIGHT_SECONDS, SLOT_SECONDS } from "../../src/track/published-row.ts";
import { publishedKey } from "../../src/track/saved-slots.ts";
import { TrackRecord } from "../../src/track/track-record.ts";
import { tick } from "../http/test-state.ts";

/** A multiple of the slot's length. */
const START = 1_763_809_800;
const log = pino({ level: "silent" });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "track-record-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A run of the service with its data folder. */
async function run(now: number, act: (record: TrackRecord, data: SavedData) => void | Promise<void>): Promise<void> {
  const data = await SavedData.open(join(folder, "saved-prices-main"), log);
  const record = new TrackRecord({ log });
  await keepTrackRecord(record, data, () => now, log);
  await act(record, data);
  await data.close();
}

function publish(record: TrackRecord, from: number, to: number, price = 60_000): void {
  for (let time = from; time < to; time += 10)
    record.record(
      tick({ timestamp: time, price, interval: { low: 0.99 * price, high: 1.01 * price }, confidence: 0.97 }),
    );
}

/** Judges all slots that are due, with one hindsight price for all. */
function judgeAll(record: TrackRecord, now: number, price: number): void {
  const hindsight = { price, low: 0.999 * price, high: 1.001 * price };
  for (let due = record.due(now); due !== null; due = record.due(now))
    record.judge(
      due,
      due.rows.map(() => hindsight),
    );
}

describe("a track record in a data folder", () => {
  it("has the same figures after a restart", async () => {
    const now = START + 7200 + HINDSIGHT_SECONDS;
    let before: unknown;
    await run(START, (record) => {
      publish(record, START, START + 3600);
      publish(record, START + 3600, START + 7200, 60_900);
      judgeAll(record, now, 60_060);
      before = record.report(7, now);
    });
    await run(now, (record) => expect(record.report(7, now)).toEqual(before));
    expect(before).toMatchObject({
      ok: { judged: 720, worst_pct: 1.3986, over_1_pct: 50 },
      incidents: { count: 1, aliases: 0 },
    });
  });

  it("judges after a restart what was published before, and keeps rows of one slot from two runs", async () => {
    await run(START, (record) => publish(record, START, START + 300));
    await run(START + 400, (record) => publish(record, START + 400, START + 1200));
    const now = START + 2 * SLOT_SECONDS + HINDSIGHT_SECONDS;
    await run(now, (record) => {
      judgeAll(record, now, 60_000);
      expect(record.report(1, now)).toMatchObject({
        recorded: 110,
        ok: { judged: 110, worst_pct: 0 },
        outages: { count: 1, newest: [{ from: START + 300, to: START + 400, kind: "not_running" }] },
      });
    });
  });

  it("never changes a published row, also when the price was wrong", async () => {
    const now = START + SLOT_SECONDS + HINDSIGHT_SECONDS;
    let published: unknown;
    await run(START, async (record, data) => {
      publish(record, START, START + SLOT_SECONDS);
      await data.written();
      published = (await data.read(publishedKey(START))).values;
    });
    await run(now, async (record, data) => {
      judgeAll(record, now, 30_000);
      await data.written();
      expect((await data.read(publishedKey(START))).values).toEqual(published);
      expect(record.report(1, now).incidents).toMatchObject({
        count: 1,
        aliases: 1,
        newest: [{ published: { price: 60_000 }, restated: { price: 30_000 }, alias_ratio: 2 }],
      });
    });
  });

  it("removes rows of a clock that was ahead, and says so", async () => {
    const wrong = START + 86_400;
    await run(wrong, (record) => publish(record, wrong, wrong + 600));
    await run(START, (record) => {
      publish(record, START, START + 60);
      const { recorded, clock_steps } = record.report(7, START + 60);
      expect(recorded).toBe(6);
      expect(clock_steps).toEqual([{ time: START, seconds: -86_990, voided: 60 }]);
    });
    await run(wrong + 3600, (record) => expect(record.report(7, wrong + 3600).recorded).toBe(6));
  });

  it("deletes rows older than 90 days", async () => {
    await run(START, (record) => publish(record, START, START + 600));
    const later = START + 91 * 86_400;
    await run(later, (record) => expect(record.report(90, later).recorded).toBe(0));
    await run(START, (record) => expect(record.report(90, START + 600).recorded).toBe(0));
  });

  it("loads the rest when a value is damaged", async () => {
    await run(START, (record) => publish(record, START, START + 1200));
    await run(START + 1200, (_, data) => data.write([[publishedKey(START), { status: "?" }]]));
    await run(START + 1200, (record) => expect(record.report(1, START + 1200).recorded).toBe(60));
  });
});
