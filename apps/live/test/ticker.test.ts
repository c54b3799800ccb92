import { generateTransactions } from "@utxoracle/simulator";
import { describe, expect, it } from "vitest";
import type { FeedState } from "../src/feed/feed.ts";
import { Ticker } from "../src/service/ticker.ts";
import { LiveWindow } from "../src/window/live-window.ts";

const START = 1_700_000_000;

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
  lost: false,
  reasons: [],
  notices: [],
});

describe("the points of a tick", () => {
  it("all come as news, those from before the first price and of a window read anew too: no reader needs a snapshot for them", () => {
    const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
    const ticker = new Ticker({
      window,
      engine: "posterior",
      source: "node",
      windowSeconds: 10_800,
      epoch: "e",
      uptimeSeconds: () => 0,
      ticksCount: true,
    });
    const news = new Set<string>();
    const snapshots: number[] = [];
    let now = START;
    let firstPrice: number | null = null;
    let count = 0;
    // A window being read: hundreds of transactions between two ticks, the first of them without a price.
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
    expect(snapshots.at(-1)).toBe(500);
    expect(news.size).toBeGreaterThan(1_000);
  });
});
