import { checkMempoolUpdate, type MempoolSnapshotData, SNAPSHOT_POINTS_MAX } from "@utxoracle/models";
import { generateTransactions } from "@utxoracle/simulator";
import { fewOrAll } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import type { FeedState } from "../src/ingest/feed.ts";
import { LiveWindow } from "../src/ingest/live-window.ts";
import { Ticker, type TickerOptions } from "../src/serve/ticker.ts";
import { withChanges } from "../src/state/changed-fields.ts";

const START = 1_700_000_000;
/** Four transactions a second for 5,000 s. */
const transactions = [...generateTransactions({ seed: 3, count: 20_000, transactionsPerSecond: 4 })];
/** Fields of every delta. */
const required = new Set(["price", "confidence", "transactions", "stats", "timestamp", "seq", "snapshot"]);

const tickerOf = (window: LiveWindow, options: Partial<TickerOptions> = {}): Ticker =>
  new Ticker({
    window,
    engine: "posterior",
    source: "node",
    windowSeconds: 10_800,
    epoch: "e",
    uptimeSeconds: () => 0,
    keepsTickPrices: true,
    ...options,
  });

const state = (resyncing: boolean): FeedState => ({
  node: {
    connected: true,
    last_message_age: 0,
    missed_messages: 0,
    resyncing,
    height: null,
    last_block_timestamp: null,
  },
  chain: "main",
  loading: false,
  loadedBlocks: null,
  lost: false,
  reasons: [],
  notices: [],
});

describe("the points of a tick", () => {
  it("are all in deltas, also those before the first price and after a reset", () => {
    const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
    const ticker = tickerOf(window);
    const news = new Set<string>();
    const snapshots: number[] = [];
    let now = START;
    let firstPrice: number | null = null;
    let count = 0;
    // A loading window: hundreds of transactions between two ticks, at first without a price.
    for (const { rawBytes } of generateTransactions({ seed: 3, count: 6_000, transactionsPerSecond: 20 })) {
      window.transaction(rawBytes, now);
      now += 0.05;
      if (++count !== 20 && count % 300 !== 0) continue;
      const { delta, snapshot } = ticker.tick(now, state(count < 4_000));
      if (delta.data.price !== null) firstPrice ??= count;
      for (const { txid, vout } of delta.data.transactions) news.add(`${txid}:${vout}`);
      for (const { txid, vout } of snapshot.data.transactions) expect(news).toContain(`${txid}:${vout}`);
      snapshots.push(snapshot.data.transactions.length);
    }
    expect(firstPrice).toBeGreaterThan(20);
    expect(snapshots.at(-1)).toBe(SNAPSHOT_POINTS_MAX);
    expect(news.size).toBeGreaterThan(1_000);
  });
});

describe("the first points", () => {
  it("come in a snapshot, and again when the window has loaded, so that clients spread them in time", () => {
    const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
    const ticker = new Ticker({
      ...{ window, engine: "posterior", source: "node", windowSeconds: 10_800, epoch: "e", keepsTickPrices: true },
      uptimeSeconds: () => 0,
    });
    const load = (seed: number, count: number): void => {
      for (const { rawBytes } of generateTransactions({ seed, count, transactionsPerSecond: 20 }))
        window.transaction(rawBytes, START - 100 * seed);
    };
    const kinds: [snapshot: boolean, points: number][] = [];
    const tick = (seconds: number, loading: boolean): void => {
      const { snapshot, transactions } = ticker.tick(START + seconds, { ...state(loading), loading }).delta.data;
      kinds.push([snapshot, transactions.length]);
    };
    load(3, 6000);
    tick(0, true);
    tick(0.5, true);
    load(2, 3000);
    tick(1, true);
    tick(1.5, false);
    tick(2, false);
    expect(kinds).toEqual([
      [true, SNAPSHOT_POINTS_MAX],
      [false, 0],
      // Hundreds in each tick would be more than the snapshot that follows.
      [false, 10],
      [true, SNAPSHOT_POINTS_MAX],
      [false, 0],
    ]);
  });
});

describe("ticks after the clock was set", () => {
  it.each([-3600, 3600])(
    "are stale after a step of %d s until the window has loaded, and start with a snapshot",
    (step) => {
      const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
      const ticker = tickerOf(window);
      let now = START;
      for (const { rawBytes } of transactions) {
        window.transaction(rawBytes, now);
        now += 0.25;
      }
      const { delta: good } = ticker.tick(now, state(false));
      // Time of the newest payment, not of the tick.
      // A transaction that is no payment came last.
      const newest = now - 0.75;
      expect(good.data).toMatchObject({ status: "ok", timestamp: now, price_timestamp: newest });

      now += step + 0.5;
      window.reset();
      ticker.reset(step);
      const refilling: FeedState = { ...state(true), loading: true, lost: true };
      const { delta: first } = ticker.tick(now, refilling);
      expect(first.data).toMatchObject({
        status: "stale",
        price: good.data.price,
        // As old as before, or older by the step if the machine may have been suspended.
        price_timestamp: step < 0 ? newest + step : newest,
        snapshot: true,
        transactions: [],
        stats: { total_received: 0, active_in_window: 0 },
      });
      for (const { rawBytes } of transactions) window.transaction(rawBytes, now);
      const { delta: second } = ticker.tick(now + 0.5, refilling);
      // Although part of the window is loaded.
      expect(second.data).toMatchObject({ price: good.data.price, status: "stale", snapshot: true });
      expect(second.data.transactions).toHaveLength(SNAPSHOT_POINTS_MAX);
      const { delta: last } = ticker.tick(now + 1, state(false));
      expect(last.data).toMatchObject({ timestamp: now + 1, price_timestamp: now });
      expect(last.data.status).not.toBe("stale");
    },
  );
});

describe("deltas", () => {
  it("add up to the snapshot, contain only what changed, and have at most 350 bytes on average", () => {
    const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
    let now = START;
    const ticker = tickerOf(window, { epoch: "k3v9", uptimeSeconds: () => now - START + 1 / 3 });
    let seen: MempoolSnapshotData | null = null;
    const bytes: number[] = [];
    for (const { rawBytes } of transactions.slice(0, fewOrAll(4_800, 6_000))) {
      window.transaction(rawBytes, now + 1 / 7);
      now += 0.25;
      if (now < START + 1_000) continue;
      const { delta, snapshot } = ticker.tick(now, state(false));
      const { data } = delta;
      if (seen !== null && !data.snapshot) {
        for (const [field, value] of Object.entries(data))
          if (!required.has(field)) expect(value, field).not.toEqual(seen[field as keyof MempoolSnapshotData]);
        bytes.push(JSON.stringify(delta).length);
      }
      seen = data.snapshot ? data : withChanges(seen as MempoolSnapshotData, data);
      expect(seen).toEqual(snapshot.data);
      expect(checkMempoolUpdate(JSON.parse(JSON.stringify(delta)))).toEqual(delta);
    }
    expect(bytes.reduce((sum, length) => sum + length, 0) / bytes.length).toBeLessThan(350);
  });
});

describe("the status of a price on another chain", () => {
  const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
  let now = START;
  for (const { rawBytes } of transactions) {
    window.transaction(rawBytes, now);
    now += 0.25;
  }

  it.each([
    ["node", "main", "ok"],
    ["node", "regtest", "low_confidence"],
    ["node", "testnet4", "low_confidence"],
    ["node", "main2", "low_confidence"],
    ["node", null, "low_confidence"],
    ["simulation", "main", "ok"],
    ["replay", null, "ok"],
    ["replay", "signet", "low_confidence"],
  ] as const)("of a %s on %s is %s", (source, chain, status) => {
    const ticker = tickerOf(window, { source });
    expect(ticker.tick(now, { ...state(false), chain }).delta.data).toMatchObject({ status, chain });
    // Also after losing the feed, the last good price is low_confidence.
    const lost = ticker.tick(now + 1, { ...state(false), chain, lost: true }).delta.data;
    expect(lost).toMatchObject({ status: "stale", confidence: 0 });
  });
});
