import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockMarks } from "../src/block-marks.ts";
import { ChartModel } from "../src/chart-model.ts";
import { ConfirmedBlocks } from "../src/confirmed-blocks.ts";
import { PointColumns } from "../src/point-columns.ts";
import { PriceHistory } from "../src/price-history.ts";
import { StreamClock } from "../src/stream-clock.ts";
import { blockHash, confirmedUpdate, mempoolUpdate, point, T } from "./sample-messages.ts";

describe("point columns", () => {
  it("behave like a list that drops its oldest entries", () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.record({ push: fc.integer({ min: 1, max: 400 }) }) },
        { weight: 3, arbitrary: fc.record({ drop: fc.integer({ min: 0, max: 400 }) }) },
        { weight: 1, arbitrary: fc.record({ clear: fc.constant(true) }) },
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const columns = new PointColumns(2000);
        let expected: ReturnType<typeof point>[] = [];
        const numbers = new Map<number, string>();
        let n = 0;
        for (const step of list) {
          if ("push" in step)
            for (let k = 0; k < step.push; k++) {
              const next = point(n, n, 100_000 + n / 7, 0.001 + n / 1e6);
              n++;
              columns.push(next);
              expected.push(next);
              numbers.set(columns.origin + columns.end - 1, next.txid);
            }
          else if ("drop" in step) {
            const before = n - step.drop;
            columns.dropBefore(before);
            expected = expected.filter((p) => p.timestamp >= before);
          } else {
            columns.clear();
            expected = [];
          }
          expect(columns.length).toBeLessThanOrEqual(2000);
          // A full store drops an eighth: the rest is the newest part of the list.
          expected = expected.slice(-columns.length || expected.length);
          expect(columns.length).toBe(expected.length);
        }
        for (let i = columns.start; i < columns.end; i += 7) {
          expect(columns.at(i)).toEqual(expected[i - columns.start]);
          expect(columns.at(i)?.txid).toBe(numbers.get(columns.origin + i));
        }
        expect(columns.at(columns.end)).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it("drop at most an eighth when full", () => {
    const columns = new PointColumns(1000);
    for (let n = 0; n < 5000; n++) {
      columns.push(point(n, n, 1));
      if (n > 1000) expect(columns.length).toBeGreaterThanOrEqual(875);
    }
  });

  it("return null for fields that the stream did not send", () => {
    const columns = new PointColumns(10);
    columns.push({ timestamp: 1, price: 2 });
    expect(columns.at(0)).toEqual({ timestamp: 1, price: 2, txid: null, vout: null, amount: null });
  });
});

describe("blocks", () => {
  const blocksOf = (...groups: [time: number, count: number][]) =>
    groups.flatMap(([time, count], b) => Array.from({ length: count }, (_, k) => point(1000 * b + k, time, 100_000)));
  const range = (first: number | null, last: number | null) => ({ first, last });

  it("spread their points in order over the time since the previous block", () => {
    const blocks = new ConfirmedBlocks(100);
    blocks.reset(blocksOf([1000, 2], [1600, 4]), range(10, 11));
    const { positions, times, end } = blocks.points;
    expect([...positions.slice(0, end)]).toEqual([550, 850, 1075, 1225, 1375, 1525]);
    // The tooltip still shows the block's time.
    expect([...times.slice(0, end)]).toEqual([1000, 1000, 1600, 1600, 1600, 1600]);
  });

  it("stay in order even if timestamps go back", () => {
    const blocks = new ConfirmedBlocks(100);
    blocks.reset(blocksOf([1000, 1]), range(10, 10));
    blocks.append(blocksOf([900, 2]), 11);
    expect(blocks.blocks).toEqual([
      { position: 1000, timestamp: 1000, height: 10 },
      { position: 1001, timestamp: 900, height: 11 },
    ]);
  });

  it("have heights only if the assignment is unambiguous", () => {
    const blocks = new ConfirmedBlocks(100);
    blocks.reset(blocksOf([1000, 1], [1600, 1], [2200, 1]), range(10, 12));
    expect(blocks.blocks.map((b) => b.height)).toEqual([10, 11, 12]);
    // Blocks without points are missing from the list, so the heights are ambiguous.
    blocks.reset(blocksOf([1000, 1], [2200, 1]), range(10, 12));
    expect(blocks.blocks.map((b) => b.height)).toEqual([null, 12]);
    blocks.append(blocksOf([2800, 3]), 13);
    expect(blocks.blocks.map((b) => b.height)).toEqual([null, 12, 13]);
  });

  it("spread over five minutes if they follow at once", () => {
    const blocks = new ConfirmedBlocks(100);
    blocks.reset(blocksOf([1000, 1], [1010, 3]), range(10, 11));
    const { positions, end } = blocks.points;
    expect([...positions.slice(1, end)]).toEqual([760, 860, 960]);
  });

  it("spread over one hour at most", () => {
    const blocks = new ConfirmedBlocks(100);
    blocks.reset(blocksOf([0, 1], [20_000, 1]), range(null, null));
    expect(blocks.points.positions[1]).toBe(20_000 - 1800);
  });
});

describe("the tick interval", () => {
  it("is measured by the server's uptime, in fast replays and with late ticks", () => {
    const m = new ChartModel(2000, 3600);
    const tick = (seq: number, uptime_seconds: number, epoch = "a", snapshot = false): number | null => {
      const stats = { ...mempoolUpdate({}).data.stats, uptime_seconds };
      const timestamp = T + 60 * uptime_seconds;
      m.applyUnchecked(mempoolUpdate({ seq, epoch, snapshot, timestamp, stats }), 0);
      return m.intervalSeconds;
    };
    expect(tick(7, 100, "a", true)).toBeNull();
    expect(tick(8, 130)).toBe(30);
    expect(tick(9, 132)).toBe(2);
    expect(tick(10, 162)).toBe(2);
    // A gap does not count. An edge without an analyzer repeats the last uptime. Another epoch may
    // have another interval.
    expect(tick(30, 262, "a", true)).toBe(2);
    expect(tick(0, 262, "edge", true)).toBe(2);
    expect(tick(1, 262, "edge")).toBe(2);
    expect(tick(0, 1, "b", true)).toBe(2);
    expect(tick(1, 61, "b")).toBe(60);
  });
});

describe("the price line", () => {
  it("keeps recent ticks, thins older ones, and has a fixed size", () => {
    const history = new PriceHistory();
    for (let i = 0; i < 100_000; i++) history.push(i / 2, 100_000 + i, { low: 1, high: 2 });
    const { times, length } = history;
    expect(length).toBeLessThanOrEqual(4096);
    expect(times[length - 1]).toBe(49_999.5);
    for (let i = 1; i < length; i++) expect(times[i]).toBeGreaterThan(times[i - 1] as number);
    const recent = [...times.slice(0, length)].filter((t) => t > 49_999.5 - 290);
    expect(recent.length).toBeGreaterThanOrEqual(580);
    // Three hours are still present.
    expect(times[0]).toBeLessThan(49_999 - 3 * 3600);
  });

  it("has one gap while there is no price", () => {
    const history = new PriceHistory();
    history.push(0, null, null);
    for (const [t, p] of [
      [1, 5],
      [2, null],
      [3, null],
      [4, 6],
    ] as const)
      history.push(t, p, null);
    expect([...history.prices.slice(0, history.length)]).toEqual([5, Number.NaN, 6]);
  });

  it("finds its first visible entry for a time", () => {
    const history = new PriceHistory();
    expect(history.indexAt(5)).toBe(0);
    for (const t of [10, 20, 30]) history.push(t, 1, null);
    expect([5, 10, 15, 20, 29, 30, 99].map((t) => history.indexAt(t))).toEqual([0, 0, 0, 1, 1, 2, 2]);
  });

  it("replaces its last entry while the stream's clock stops", () => {
    const history = new PriceHistory();
    for (const p of [1, 2, 3]) history.push(10, p, null);
    expect(history.length).toBe(1);
    expect(history.prices[0]).toBe(3);
  });
});

describe("the stream's clock", () => {
  it("glides evenly one tick behind and stops without ticks", () => {
    const clock = new StreamClock();
    expect(clock.at(0)).toBeNaN();
    for (let i = 0; i <= 20; i++) clock.tick(T + i / 2, i / 2);
    let last = clock.at(10);
    for (let now = 10.02; now < 10.5; now += 0.02) {
      const shown = clock.at(now);
      expect(shown).toBeGreaterThan(last);
      expect(shown).toBeLessThanOrEqual(T + 10);
      last = shown;
    }
    expect(clock.at(60)).toBe(T + 10);
    expect(clock.moves(60)).toBe(false);
  });

  it("never goes back with early and late ticks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 1.2, noNaN: true }), { minLength: 2, maxLength: 60 }),
        (pauses) => {
          const clock = new StreamClock();
          let now = 0;
          let time = T;
          clock.tick(time, now);
          let last = clock.at(now);
          for (const pause of pauses) {
            for (let k = 1; k <= 4; k++) {
              const shown = clock.at(now + (pause * k) / 4);
              expect(shown).toBeGreaterThanOrEqual(last);
              last = shown;
            }
            now += pause;
            time += 0.5;
            clock.tick(time, now);
            expect(time - clock.at(now)).toBeLessThan(5.5);
          }
        },
      ),
    );
  });

  it("follows a replay at 60 times the speed as smoothly", () => {
    const clock = new StreamClock();
    for (let i = 0; i <= 40; i++) clock.tick(T + 30 * i, i / 2);
    const halfway = clock.at(20.25);
    expect(halfway).toBeGreaterThan(T + 30 * 39);
    expect(halfway).toBeLessThan(T + 30 * 40);
  });

  it("jumps at once after sleep or when a replay restarts", () => {
    const clock = new StreamClock();
    clock.tick(T, 0);
    clock.tick(T + 3600, 1);
    expect(clock.at(1)).toBe(T + 3600);
    clock.tick(T, 2);
    expect(clock.at(2)).toBe(T);
  });
});

describe("the chart model", () => {
  const model = () => new ChartModel(1000, 900);
  const txids = (m: ChartModel) =>
    Array.from({ length: m.mempool.length }, (_, i) => m.mempool.at(m.mempool.start + i)?.txid);

  it("is reset by a snapshot and extended by its deltas", () => {
    const m = model();
    const apply = (data: Parameters<typeof mempoolUpdate>[0]) => m.applyUnchecked(mempoolUpdate(data), 0);
    expect(apply({ seq: 5, snapshot: true, transactions: [point(1, T, 1), point(2, T, 1)] })).toBe(true);
    expect(apply({ seq: 6, transactions: [point(3, T, 1)] })).toBe(true);
    expect(apply({ seq: 6, transactions: [point(3, T, 1)] })).toBe(false);
    expect(apply({ seq: 8, transactions: [point(4, T, 1)] })).toBe(false);
    expect(txids(m)).toHaveLength(3);
    expect(apply({ seq: 8, snapshot: true, transactions: [point(9, T, 1)] })).toBe(true);
    expect(txids(m)).toEqual([point(9, T, 1).txid]);
    expect(m.counts).toEqual({ applied: 3, malformed: 0, unknown: 0, duplicate: 1, reordered: 0, gap: 1 });
  });

  it("ignores anything that is not a message", () => {
    const m = model();
    m.applyUnchecked(mempoolUpdate({ snapshot: true }), 0);
    const before = m.live;
    for (const bad of ["<script>", null, 7, { type: "mempool_update", data: { price: "x" } }, { type: "new_thing" }])
      m.applyUnchecked(bad, 0);
    expect(m.live).toBe(before);
    expect(m.counts).toMatchObject({ applied: 1, malformed: 4, unknown: 1 });
  });

  it("accepts partial messages", () => {
    const m = model();
    expect(
      m.applyUnchecked(
        { type: "mempool_update", data: { price: 5, timestamp: T, transactions: [{ timestamp: T, price: 5 }] } },
        0,
      ),
    ).toBe(true);
    expect(m.mempool.length).toBe(1);
    expect(m.live?.status).toBeUndefined();
  });

  it("drops points that left the picture", () => {
    const m = model();
    m.applyUnchecked(mempoolUpdate({ snapshot: true, seq: 1, transactions: [point(1, T, 1)] }), 0);
    m.applyUnchecked(mempoolUpdate({ seq: 2, timestamp: T + 1000, transactions: [point(2, T + 1000, 1)] }), 1000);
    expect(txids(m)).toEqual([point(2, 0, 1).txid]);
  });

  it("drops a simulation's points and prices when a node follows", () => {
    const m = model();
    m.applyUnchecked(
      mempoolUpdate({ snapshot: true, seq: 1, source: "simulation", transactions: [point(1, T, 1)] }),
      0,
    );
    m.applyUnchecked(mempoolUpdate({ snapshot: true, seq: 1, epoch: "b", source: "node", transactions: [] }), 1);
    expect(m.mempool.length).toBe(0);
    expect(m.history.length).toBe(1);
  });

  it("keeps the line with one tick a minute, and breaks it after two lost ticks", () => {
    const m = model();
    const tick = (seq: number, minute: number, snapshot = false): void => {
      const stats = { ...mempoolUpdate({}).data.stats, uptime_seconds: 60 * minute };
      m.applyUnchecked(mempoolUpdate({ seq, snapshot, timestamp: T + 60 * minute, stats }), 60 * minute);
    };
    const gaps = (): number => m.history.prices.slice(0, m.history.length).filter(Number.isNaN).length;
    tick(0, 0, true);
    for (let minute = 1; minute < 5; minute++) tick(minute, minute);
    expect(m.intervalSeconds).toBe(60);
    expect(gaps()).toBe(0);
    tick(8, 8, true);
    expect(gaps()).toBe(1);
  });

  it("ends the line when the price becomes stale", () => {
    const m = model();
    m.applyUnchecked(mempoolUpdate({ snapshot: true, seq: 1 }), 0);
    m.applyUnchecked(mempoolUpdate({ seq: 2, timestamp: T + 1, status: "stale" }), 1);
    m.applyUnchecked(mempoolUpdate({ seq: 3, timestamp: T + 2, status: "stale" }), 2);
    expect([...m.history.prices.slice(0, m.history.length)]).toEqual([113_600.5, Number.NaN]);
  });

  it("marks low-confidence parts of the line", () => {
    const m = model();
    m.applyUnchecked(mempoolUpdate({ snapshot: true, seq: 1, status: "low_confidence", confidence: 0.4 }), 0);
    m.applyUnchecked(mempoolUpdate({ seq: 2, timestamp: T + 1 }), 1);
    // The status decides; only where there is none, as in a hand-made message, the confidence does.
    const { status: _, ...data } = mempoolUpdate({ seq: 3, timestamp: T + 2, confidence: 0.49 }).data;
    m.applyUnchecked({ type: "mempool_update", data }, 2);
    m.applyUnchecked({ type: "mempool_update", data: { ...data, seq: 4, timestamp: T + 3, confidence: 0.5 } }, 3);
    expect([...m.history.kinds.slice(0, m.history.length)]).toEqual([0, 1, 0, 1]);
  });

  it("drops a price that the status excludes, and a swapped interval", () => {
    const m = model();
    m.applyUnchecked(mempoolUpdate({ snapshot: true, seq: 1, status: "no_estimate", price: 99_000 }), 0);
    expect(m.live).toMatchObject({ price: null, interval: null });
    expect(m.history.length).toBe(0);
    m.applyUnchecked(mempoolUpdate({ seq: 2, interval: { low: 120_000, high: 100_000 } }), 0);
    expect(m.live).toMatchObject({ price: 113_600.5, interval: null });
    m.applyUnchecked(confirmedUpdate({ status: "warming_up" }), 0);
    expect(m.chain).toMatchObject({ price: null, interval: null });
  });

  it("spreads points that share a second or a block, in a snapshot only, and keeps their times", () => {
    const m = model();
    const block = Array.from({ length: 40 }, (_, n) => point(n, T - 300, 113_000));
    const second = [1, 2, 3].map((n) => point(50 + n, T - 10, 113_000));
    m.apply(mempoolUpdate({ snapshot: true, seq: 1, transactions: [...block, ...second] }), 0);
    const { positions, times, start, end } = m.mempool;
    const shown = [...positions.subarray(start, end)];
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(new Set(shown).size).toBe(43);
    expect(shown[0]).toBeLessThan(T - 880);
    expect(shown[39]).toBeLessThanOrEqual(T - 300);
    for (const at of shown.slice(40)) expect(Math.abs(at - (T - 10.5))).toBeLessThan(0.5);
    expect(new Set(times.subarray(start, end))).toEqual(new Set([T - 300, T - 10]));
    m.apply(mempoolUpdate({ snapshot: false, seq: 2, transactions: [point(60, T, 1e5), point(61, T, 1e5)] }), 1);
    expect([...m.mempool.positions.subarray(m.mempool.end - 2, m.mempool.end)]).toEqual([T, T]);
  });

  it("takes the path of the shown blocks, with their true heights, and no point twice", () => {
    const m = model();
    m.apply(confirmedUpdate({}), 0);
    const path = [113_000, 113_100, 113_200].map((price) => ({ price, low: price - 200, high: price + 200 }));
    expect(m.apply(confirmedUpdate({ snapshot: false, transactions: [], path }), 0)).toBe(true);
    expect(m.chain?.path).toEqual(path);
    expect(m.confirmed.points.length).toBe(6);
    // The block's message once more is still a repetition.
    expect(m.apply(confirmedUpdate({ snapshot: false, path }), 0)).toBe(false);
  });

  it("marks blocks without points too, in order of the chain", () => {
    const m = model();
    m.apply(
      confirmedUpdate({
        blocks: [T - 1900, T - 2000, T - 190].map((time, i) => ({ height: 913_998 + i, hash: blockHash(i), time })),
        transactions: [],
      }),
      0,
    );
    expect(blockMarks(m)).toEqual([
      { position: T - 1900, timestamp: T - 1900, height: 913_998 },
      { position: T - 1899, timestamp: T - 2000, height: 913_999 },
      { position: T - 190, timestamp: T - 190, height: 914_000 },
    ]);
  });

  it("draws a block once, despite repeated and reordered messages", () => {
    const m = model();
    const block = (height: number) =>
      confirmedUpdate({ snapshot: false, height, transactions: [point(height, T + 600, 113_000)] });
    m.applyUnchecked(confirmedUpdate({}), 0);
    for (const height of [914_001, 914_001, 914_000, 913_000]) m.apply(block(height), 0);
    expect(m.confirmed.points.length).toBe(7);
    expect(m.chain?.height).toBe(914_001);
    expect(m.counts).toMatchObject({ applied: 2, duplicate: 1, reordered: 2 });
    // After a reorganization a snapshot comes, even at a lower height.
    m.apply(confirmedUpdate({ height: 913_999 }), 0);
    expect(m.chain?.height).toBe(913_999);
    expect(m.confirmed.points.length).toBe(6);
  });

  it("drops a simulation's blocks for a node, and keeps the node's early ones", () => {
    const m = model();
    const tick = (epoch: string, source: "simulation" | "node") =>
      m.applyUnchecked(mempoolUpdate({ snapshot: true, seq: 1, epoch, source }), 0);
    m.applyUnchecked(confirmedUpdate({}), 0);
    tick("a", "simulation");
    expect(m.confirmed.points.length).toBe(6);
    tick("b", "node");
    expect(m.confirmed.points.length).toBe(0);
    expect(m.chain).toBeNull();
    tick("c", "simulation");
    m.applyUnchecked(confirmedUpdate({ price: 90_000 }), 0);
    tick("d", "node");
    expect(m.chain?.price).toBe(90_000);
  });

  it("extends the confirmed side by new blocks, within bounds", () => {
    const m = model();
    m.applyUnchecked(confirmedUpdate({}), 0);
    expect(m.confirmed.points.length).toBe(6);
    for (let i = 1; i <= 200; i++)
      m.applyUnchecked(
        confirmedUpdate({
          snapshot: false,
          height: 914_000 + i,
          block_timestamp: T + 600 * i,
          transactions: [point(i, T + 600 * i, 113_000)],
        }),
        0,
      );
    expect(m.confirmed.blocks.length).toBeLessThan(40);
    expect(m.confirmed.blocks.at(-1)?.height).toBe(914_200);
  });
});
