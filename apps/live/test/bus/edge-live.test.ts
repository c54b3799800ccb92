import type { MempoolSnapshotData, MempoolUpdate } from "@utxoracle/models";
import { type MempoolTick, mergedTick } from "@utxoracle/viz/client";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { AnalyzerClock } from "../../src/relay/edge/analyzer-clock.ts";
import { EdgeLive } from "../../src/relay/edge/edge-live.ts";
import { tick } from "../http/test-state.ts";

const STALE_AFTER_SECONDS = 4;
const START = 1_763_810_000;
/** Analyzer's monotonic clock minus the edge's, seconds. */
const CLOCKS_APART = 5000;

let now: number;
let epochs: number;
let clock: AnalyzerClock;
let live: EdgeLive;
/** Numbers of the deltas that are published for clients that resume. */
let resumable: (number[] | null)[];
let shown: { delta: MempoolTick["data"]; snapshot: MempoolTick["data"]; asItCame: boolean; trueAt: number }[];

beforeEach(() => {
  now = 100;
  epochs = 0;
  shown = [];
  resumable = [];
  clock = new AnalyzerClock();
  clock.onReading("theirs", 99 + CLOCKS_APART, 99, 99);
  live = new EdgeLive({
    staleAfterSeconds: () => STALE_AFTER_SECONDS,
    clock,
    show: ({ delta, snapshot, deltas }, _data, trueAt) => {
      resumable.push(
        deltas?.map((bytes) => (JSON.parse(new TextDecoder().decode(bytes)) as MempoolUpdate).data.seq) ?? null,
      );
      const text = typeof delta === "string" ? delta : new TextDecoder().decode(delta);
      const before = shown.at(-1)?.delta ?? null;
      const data = (message: string) => mergedTick(before, JSON.parse(message) as MempoolUpdate) as MempoolTick["data"];
      shown.push({ delta: data(text), snapshot: data(snapshot()), asItCame: typeof delta !== "string", trueAt });
    },
    newEpoch: () => `own-${++epochs}`,
    now: () => now,
    unixNow: () => START + now,
  });
});

const point = (price: number) => ({ timestamp: START, price, txid: "ab".repeat(32), vout: 0, amount: 0.001 });

/** The analyzer's state at a time of the edge's clock, with new points only. */
function made(at: number, seq: number, changes: Partial<MempoolSnapshotData> = {}): MempoolSnapshotData {
  const stats = { ...tick().stats, uptime_seconds: at + CLOCKS_APART };
  return tick({ seq, epoch: "theirs", timestamp: START + at, stats, price_timestamp: START + at, ...changes });
}

/** Passes it as the next delta, or as a snapshot if it is the first of its epoch. */
function arrives(data: MempoolSnapshotData): void {
  const { epoch, ...fields } = data;
  const isFirst = live.latest?.epoch !== epoch;
  const update: MempoolUpdate = isFirst
    ? { type: "mempool_update", data }
    : { type: "mempool_update", data: { ...fields, snapshot: false } };
  const bytes = isFirst ? null : new TextEncoder().encode(JSON.stringify(update));
  live.onUpdate({ update, epoch, bytes, earlier: [], replaces: false });
}

describe("EdgeLive", () => {
  it("forwards deltas unchanged, and creates snapshots from its own points", () => {
    arrives(made(100, 1, { transactions: [point(1)] }));
    now = 100.5;
    arrives(made(100.5, 2, { transactions: [point(2)] }));
    expect(shown.map(({ asItCame }) => asItCame)).toEqual([false, true]);
    expect(shown[0]?.delta.snapshot).toBe(true);
    expect(shown[1]?.delta).toEqual({ ...made(100.5, 2, { transactions: [point(2)] }), snapshot: false });
    expect(shown[1]?.snapshot).toMatchObject({ seq: 2, snapshot: true, transactions: [point(1), point(2)] });
  });

  it("does not forward a price with old evidence, whatever its status", () => {
    arrives(made(100, 1, { price_timestamp: START + 95 }));
    now = 300;
    arrives(made(300, 2, { price_timestamp: START + 95 }));
    live.tick();
    expect(shown.at(-1)?.delta).toMatchObject({ epoch: "own-1", status: "stale", price_timestamp: START + 95 });
    now = 300.5;
    arrives(made(300.5, 3, { price_timestamp: START + 300 }));
    expect(shown.at(-1)?.delta).toMatchObject({ epoch: "theirs", status: "ok", price_timestamp: START + 300 });
  });

  it("sends stale with its own epoch, then a snapshot when updates return", () => {
    arrives(made(100, 1));
    now = 100 + STALE_AFTER_SECONDS;
    live.expire();
    expect(shown).toHaveLength(1);
    now += 0.5;
    live.expire();
    live.expire();
    now += 0.5;
    live.tick();
    expect(shown.slice(1).map(({ delta }) => [delta.epoch, delta.seq, delta.snapshot, delta.status])).toEqual([
      ["own-1", 0, true, "stale"],
      ["own-1", 1, false, "stale"],
    ]);
    expect(shown[2]?.delta).toMatchObject({
      price: 113_600.5,
      confidence: 0,
      price_timestamp: START + 100,
      timestamp: START + 105,
      node: { connected: false, resyncing: null, height: 870_000 },
    });
    now = 106;
    arrives(made(106, 2));
    expect(shown[3]?.delta).toMatchObject({ epoch: "theirs", seq: 2, snapshot: true, status: "ok" });
    expect(live.isStale).toBe(false);
    now = 120;
    live.tick();
    expect(shown[4]?.delta).toMatchObject({ epoch: "own-2", seq: 0 });
  });

  it("does not forward delayed updates; the first fresh one is a snapshot", () => {
    arrives(made(100, 1));
    now = 130;
    for (let seq = 2; seq <= 61; seq++) arrives(made(100 + (seq - 1) / 2, seq, { transactions: [point(seq)] }));
    expect(shown).toHaveLength(1 + 9);
    // Created at 126 or later: at most 4 s old.
    expect(shown[1]?.delta).toMatchObject({ seq: 53, snapshot: true });
    expect(shown[1]?.delta.transactions.at(-1)).toEqual(point(53));
    // The age is also in the price response.
    expect(shown.map(({ trueAt }) => trueAt).slice(1, 3)).toEqual([126, 126.5]);
    expect(shown.at(-1)?.delta).toMatchObject({ seq: 61, snapshot: false });
  });

  it("publishes the updates that it did not forward for clients that resume", () => {
    arrives(made(100, 1));
    now = 110;
    live.tick();
    for (const seq of [2, 3]) arrives(made(100 + seq, seq));
    arrives(made(109.5, 4));
    expect(resumable).toEqual([null, null, [2, 3, 4]]);
    now = 120;
    live.tick();
    arrives(made(115, 5));
    // A state: an update before it was lost. The analyzer repeated those that follow.
    const data = made(119, 8);
    const { epoch, ...fields } = data;
    const earlier = [7, 8].map((seq) => {
      const update: MempoolUpdate = { type: "mempool_update", data: { ...fields, seq, snapshot: false } };
      return { update, bytes: Buffer.from(JSON.stringify(update)) };
    });
    live.onUpdate({ update: { type: "mempool_update", data }, epoch, bytes: null, earlier, replaces: false });
    expect(resumable.slice(3)).toEqual([null, [7, 8]]);
  });

  it("forwards nothing before the clock is known, then the newest fresh update", () => {
    const other = (at: number, seq: number) => made(at, seq, { epoch: "another", transactions: [point(seq)] });
    // Six seconds in a queue, before the first message.
    for (let seq = 1; seq <= 4; seq++) arrives(other(93 + seq / 2, seq));
    clock.onReading("another", 100 + CLOCKS_APART, 100, 100);
    live.onClock();
    expect(shown).toEqual([]);
    arrives(made(100, 1));
    now = 100.5;
    arrives(other(100, 5));
    arrives(other(100.5, 6));
    expect(shown.map(({ delta }) => [delta.epoch, delta.seq])).toEqual([
      ["another", 5],
      ["another", 6],
    ]);
    now = 101;
    arrives(made(101, 2));
    clock.onReading("theirs", 101 + CLOCKS_APART, 100.9, 101);
    live.onClock();
    expect(shown.at(-1)?.delta).toMatchObject({ epoch: "theirs", seq: 2, snapshot: true, status: "ok" });
    live.onClock();
    expect(shown).toHaveLength(3);
  });

  it("does not repeat an update when a better clock reading lowers its age", () => {
    clock.onReading("another", 100 + CLOCKS_APART, 99, 100);
    arrives(made(100, 1, { epoch: "another" }));
    now = 103.5;
    live.tick();
    expect(shown.at(-1)?.delta).toMatchObject({ epoch: "own-1", status: "stale" });
    clock.onReading("another", 103.5 + CLOCKS_APART, 103.5, 103.5);
    live.onClock();
    expect(shown).toHaveLength(2);
  });

  it("sends an initial state as stale, with its time, when no delta follows", () => {
    arrives(made(10, 1));
    live.tick();
    expect(shown).toEqual([]);
    now += STALE_AFTER_SECONDS + 0.5;
    live.tick();
    expect(shown[0]?.delta).toMatchObject({ status: "stale", price: 113_600.5, price_timestamp: START + 10 });
    expect(live.ageSeconds).toBeCloseTo(now - 10);
  });

  it("drops a forged last good price", () => {
    arrives(made(100, 1, { price: 1_000_000, interval: null }));
    const data = made(100.5, 1, { status: "low_confidence", price: 113_000, interval: null });
    live.onUpdate({
      update: { type: "mempool_update", data },
      epoch: data.epoch,
      bytes: null,
      earlier: [],
      replaces: true,
    });
    now = 110;
    live.tick();
    expect(shown.at(-1)?.delta).toMatchObject({ status: "stale", price: 113_000 });
  });

  it("does not forward an update from the future, and turns stale", () => {
    arrives(made(100, 1));
    arrives(made(1_000_000, 2, { price: 1_000_000, interval: null }));
    expect(shown).toHaveLength(1);
    now = 105;
    live.expire();
    expect(shown.at(-1)?.delta).toMatchObject({ status: "stale", node: { connected: false } });
  });

  it("sends no stale price if there never was a price", () => {
    arrives(made(100, 1, { status: "warming_up", price: null, interval: null, confidence: 0 }));
    now = 110;
    live.tick();
    expect(shown[1]?.delta).toMatchObject({ status: "warming_up", price: null, node: { connected: false } });
  });
});

describe("AnalyzerClock", () => {
  it("never underestimates an age, and overestimates by at most the fastest response", () => {
    const clocks = fc.record({
      apart: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      answers: fc.array(
        fc.record({
          after: fc.double({ min: 0, max: 60, noNaN: true }),
          there: fc.double({ min: 0, max: 1, noNaN: true }),
          back: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { minLength: 1, maxLength: 30 },
      ),
      age: fc.double({ min: 0, max: 1000, noNaN: true }),
    });
    fc.assert(
      fc.property(clocks, ({ apart, answers, age }) => {
        const known = new AnalyzerClock();
        let at = 50;
        let quickest = Number.POSITIVE_INFINITY;
        for (const { after, there, back } of answers) {
          at += after;
          known.onReading("a", at + there + apart, at, at + there + back);
          at += there + back;
          quickest = Math.min(quickest, there + back);
        }
        const measured = known.age("a", at + apart - age, at) as number;
        expect(measured).toBeGreaterThan(age - 1e-6);
        // The estimate allows for drift, although these clocks have none.
        expect(measured).toBeLessThan(age + quickest + 200e-6 * 60 * 30 + 1e-6);
      }),
    );
    expect(new AnalyzerClock().age("a", 0, 0)).toBeNull();
  });

  it("starts again when one machine was suspended and its clock stopped", () => {
    const known = new AnalyzerClock();
    known.onReading("a", 1000, 50, 50.1);
    // First the analyzer's machine for an hour, then the edge's.
    known.onReading("a", 1010, 3660, 3660.1);
    expect(known.age("a", 1009, 3660.1)).toBeCloseTo(1.1);
    known.onReading("a", 4620, 3670, 3670.1);
    expect(known.age("a", 4619, 3670.1)).toBeCloseTo(1.1);
  });

  it("does not underestimate an age because of clock drift", () => {
    const known = new AnalyzerClock();
    const drift = 100e-6;
    for (let second = 0; second <= 200_000; second += 2)
      known.onReading("a", second * (1 + drift), second, second + 0.001);
    const age = known.age("a", 200_000 * (1 + drift) - 3, 200_000);
    expect(age).toBeGreaterThanOrEqual(3);
    expect(age).toBeLessThan(3.01);
  });
});
