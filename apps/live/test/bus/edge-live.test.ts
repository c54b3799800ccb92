import type { MempoolUpdate, MempoolUpdateData } from "@utxoracle/models";
import { beforeEach, describe, expect, it } from "vitest";
import { ArrivalClock } from "../../src/edge/arrival-clock.ts";
import { EdgeLive } from "../../src/edge/edge-live.ts";
import { tick } from "../http/board.ts";

const STALE_AFTER_SECONDS = 4;
const START = 1_763_810_000;
/** The analyser's steady clock less the edge's, seconds. */
const CLOCKS_APART = 5000;

let now: number;
let epochs: number;
let clock: ArrivalClock;
let live: EdgeLive;
let shown: { delta: MempoolUpdateData; snapshot: MempoolUpdateData; asItCame: boolean }[];

beforeEach(() => {
  now = 100;
  epochs = 0;
  shown = [];
  clock = new ArrivalClock(STALE_AFTER_SECONDS);
  // Updates came in their rhythm before.
  for (const at of [99, 99.5]) clock.observe("theirs", at + CLOCKS_APART, at);
  live = new EdgeLive({
    staleAfterSeconds: () => STALE_AFTER_SECONDS,
    clock,
    show: ({ delta, snapshot }) => {
      const text = typeof delta === "string" ? delta : new TextDecoder().decode(delta);
      const data = (message: string): MempoolUpdateData => (JSON.parse(message) as MempoolUpdate).data;
      shown.push({ delta: data(text), snapshot: data(snapshot()), asItCame: typeof delta !== "string" });
    },
    newEpoch: () => `own-${++epochs}`,
    now: () => now,
    unixNow: () => START + now,
  });
});

const point = (price: number) => ({ timestamp: START, price, txid: "ab".repeat(32), vout: 0, amount: 0.001 });

/** An update made at a moment of the edge's clock. */
function made(at: number, seq: number, changes: Partial<MempoolUpdateData> = {}): MempoolUpdate {
  const stats = { ...tick().stats, uptime_seconds: at + CLOCKS_APART };
  const data = tick({ seq, epoch: "theirs", snapshot: false, timestamp: START + at, stats, ...changes });
  return { type: "mempool_update", data: { ...data, price_timestamp: changes.price_timestamp ?? START + at } };
}

/** It arrives as a delta, and is the next one. */
function arrives(update: MempoolUpdate): void {
  clock.observe(update.data.epoch, update.data.stats.uptime_seconds, now);
  live.take({ update, bytes: new TextEncoder().encode(JSON.stringify(update)) });
}

describe("the live side at an edge", () => {
  it("passes deltas on as they came, and keeps the points of a snapshot itself", () => {
    arrives(made(100, 1, { transactions: [point(1)] }));
    now = 100.5;
    arrives(made(100.5, 2, { transactions: [point(2)] }));
    expect(shown.map(({ asItCame }) => asItCame)).toEqual([false, true]);
    expect(shown[0]?.delta.snapshot).toBe(true);
    expect(shown[1]?.delta).toEqual(made(100.5, 2, { transactions: [point(2)] }).data);
    expect(shown[1]?.snapshot).toMatchObject({ seq: 2, snapshot: true, transactions: [point(1), point(2)] });
  });

  it("says stale under an epoch of its own when nothing comes, and begins the analyser's again with a snapshot", () => {
    arrives(made(100, 1));
    now = 100 + STALE_AFTER_SECONDS;
    live.tick();
    expect(shown).toHaveLength(1);
    now += 0.5;
    live.tick();
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

  it("does not show what waited in a queue: it is taken in, and the first fresh one is a snapshot", () => {
    arrives(made(100, 1));
    now = 130;
    for (let seq = 2; seq <= 61; seq++) arrives(made(100 + (seq - 1) / 2, seq, { transactions: [point(seq)] }));
    expect(shown).toHaveLength(1 + 9);
    // Made at 126 and later: no more than four seconds old.
    expect(shown[1]?.delta).toMatchObject({ seq: 53, snapshot: true });
    expect(shown[1]?.delta.transactions.at(-1)).toEqual(point(53));
    expect(shown.at(-1)?.delta).toMatchObject({ seq: 61, snapshot: false });
  });

  it("shows nothing of a sender that it has not heard before until its updates come in their rhythm", () => {
    const other = (at: number, seq: number) => made(at, seq, { epoch: "another", transactions: [point(seq)] });
    // Six seconds in a queue, before the first was ever heard.
    for (let seq = 1; seq <= 4; seq++) arrives(other(93 + seq / 2, seq));
    expect(shown).toEqual([]);
    now = 100.5;
    arrives(other(100.5, 5));
    expect(shown).toEqual([]);
    now = 101;
    arrives(other(101, 6));
    expect(shown.map(({ delta }) => [delta.seq, delta.snapshot, delta.status])).toEqual([[6, true, "ok"]]);
  });

  it("shows a state found at the start as stale when no delta follows, with its time", () => {
    live.take({ update: made(10, 1, { snapshot: true }), bytes: null });
    live.tick();
    expect(shown).toEqual([]);
    now += STALE_AFTER_SECONDS + 0.5;
    live.tick();
    expect(shown[0]?.delta).toMatchObject({ status: "stale", price: 113_600.5, price_timestamp: START + 10 });
    expect(live.ageSeconds).toBeCloseTo(now - 10);
  });

  it("shows no price as stale where there never was one", () => {
    arrives(made(100, 1, { status: "warming_up", price: null, interval: null, confidence: 0 }));
    now = 110;
    live.tick();
    expect(shown[1]?.delta).toMatchObject({ status: "warming_up", price: null, node: { connected: false } });
  });
});

describe("how old messages are", () => {
  it("is measured from the quickest one, whatever the two clocks show", () => {
    const arrivals = new ArrivalClock(4);
    arrivals.observe("a", 7000, 100);
    arrivals.observe("a", 7000.5, 100.9);
    expect(arrivals.age("a", 7000.5, 101)).toBeCloseTo(0.5);
    expect(arrivals.age("b", 7000.5, 101)).toBeNull();
  });

  it("follows a sender whose clock stood still, but no queue that is worked off", () => {
    const arrivals = new ArrivalClock(4);
    arrivals.observe("a", 0, 0);
    // An hour asleep, then two a second again.
    for (let index = 0; index <= 12; index++) arrivals.observe("a", 1 + index / 2, 3601 + index / 2);
    expect(arrivals.age("a", 7, 3607)).toBeCloseTo(0, 0);

    const queue = new ArrivalClock(4);
    queue.observe("a", 0, 0);
    // A minute in a queue, worked off at three times its rhythm.
    for (let index = 1; index <= 60; index++) queue.observe("a", index / 2, 60 + index / 6);
    expect(queue.age("a", 30, 70)).toBeCloseTo(40, 0);
  });

  it("does not take the drift of two clocks for lateness", () => {
    const arrivals = new ArrivalClock(4);
    const drift = 100e-6;
    for (let second = 0; second <= 200_000; second += 10) arrivals.observe("a", second, second * (1 + drift));
    expect(arrivals.age("a", 200_000, 200_000 * (1 + drift))).toBeLessThan(0.1);
  });
});
