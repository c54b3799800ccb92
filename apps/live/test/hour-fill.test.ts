import { type BlockPlace, type BlockSource, BlockSourceError } from "@utxoracle/block-source";
import type { PriceEstimate } from "@utxoracle/models";
import { pino } from "pino";
import { expect, it } from "vitest";
import { NodeChain } from "../src/chain/node-chain.ts";
import { budgets } from "../src/config/budgets.ts";
import { HourFill, type HourFillOptions } from "../src/history/hour-fill.ts";
import { PriceHistory } from "../src/history/price-history.ts";
import { startHourFill } from "../src/history/start-hour-fill.ts";
import { tick } from "./http/test-state.ts";

const HOUR = 3600;
const NOW = 1_763_812_000;
const START = Math.floor(NOW / HOUR) * HOUR;

/** A chain of a block each ten minutes until now, lowest first. */
class TestChain implements BlockSource {
  readonly kind = "rpc";
  readonly read: number[] = [];
  readonly times: number[];
  /** Blocks below this height are pruned. */
  prunedBelow = 0;
  /** Number of blocks that can be read before the node fails. */
  failsAfter = Number.POSITIVE_INFINITY;

  constructor(hours: number) {
    // Block times out of order, as miners' clocks make them.
    const disorder = (index: number): number => (index % 7 === 3 ? 900 : 0);
    this.times = Array.from({ length: 6 * hours }, (_, index) => NOW - 600 * (6 * hours - index) + disorder(index));
  }

  tip = async () => ({
    ...{ chain: "main", height: this.times.length - 1, missingBlocks: 0 },
    ...{ initialBlockDownload: false, verificationProgress: 1 },
  });
  reach = async () => 0;
  places = async (first: number, count: number): Promise<BlockPlace[]> =>
    this.times.slice(first, first + count).map((time, index) => ({
      ...{ height: first + index, hash: String(first + index).padStart(64, "0"), previousHash: null, time },
    }));
  block = async ({ height }: BlockPlace): Promise<Uint8Array> => {
    if (height < this.prunedBelow) throw new BlockSourceError("pruned", "pruned");
    if (this.failsAfter-- <= 0) throw new BlockSourceError("unreachable", "the node is gone");
    this.read.push(height);
    return Uint8Array.of(height % 256);
  };
  close(): void {}
}

const estimateOf = (price: number): PriceEstimate => ({
  ...{ price, interval: { low: price - 1, high: price + 1 }, confidence: 0.9, status: "ok", windowPrice: price },
});

/** Runs the fill for some pauses of minutes: each is a pass over the missing hours. */
async function fill(history: PriceHistory, chain: TestChain, options: Partial<HourFillOptions> = {}, passes = 1) {
  const ending = new AbortController();
  let rests = 0;
  let left = passes;
  await new HourFill({
    ...{ openSource: async () => chain, history, now: () => NOW, clock: () => 0, log: pino({ level: "silent" }) },
    estimate: async (blocks) => estimateOf(1000 + (blocks[0]?.height ?? 0)),
    pause: async (ms) => {
      rests++;
      if (ms >= 60_000 && --left === 0) ending.abort();
    },
    ...options,
  }).run(ending.signal);
  return rests;
}

const rowsOf = (history: PriceHistory) =>
  history.rows({ step: 600, from: 0, to: NOW }).filter(({ status }) => status === "confirmed");

it("computes each hour from its own blocks, newest first, with a rest after each", async () => {
  const chain = new TestChain(100);
  const history = new PriceHistory();
  const rests = await fill(history, chain);
  const rows = rowsOf(history);
  // The last hour is not settled yet, and the first one is not whole.
  expect(rows.length).toBeGreaterThanOrEqual(98);
  expect(rests).toBeGreaterThan(rows.length);
  for (const { time, price, low } of rows) {
    const hour = time - HOUR / 2;
    const first = chain.times.findIndex((each) => each >= hour && each < hour + HOUR);
    expect([price, low]).toEqual([1000 + first, 999 + first]);
  }
  const hours = chain.read.map((height) => Math.floor((chain.times[height] as number) / HOUR));
  expect(hours).toEqual([...hours].sort((a, b) => b - a));
  expect(new Set(chain.read).size).toBe(chain.read.length);
});

it("reads no block of an hour in which a price was published", async () => {
  const history = new PriceHistory();
  history.record(tick({ timestamp: START - 5 * HOUR + 700 }));
  const chain = new TestChain(24);
  await fill(history, chain);
  const published = Math.floor((START - 5 * HOUR) / HOUR);
  expect(chain.read.some((height) => Math.floor((chain.times[height] as number) / HOUR) === published)).toBe(false);
});

it("continues where the node failed", async () => {
  const chain = new TestChain(50);
  chain.failsAfter = 20;
  const history = new PriceHistory();
  await fill(history, chain);
  const before = rowsOf(history).length;
  expect(before).toBeGreaterThan(1);
  expect(before).toBeLessThan(6);
  chain.failsAfter = Number.POSITIVE_INFINITY;
  await fill(history, chain);
  expect(rowsOf(history).length).toBeGreaterThan(45);
});

it("ends where a pruned node ends, and does not ask for those blocks again", async () => {
  const chain = new TestChain(50);
  chain.prunedBelow = 200;
  let asked = 0;
  const block = chain.block;
  chain.block = async (place) => {
    if (place.height < 200) asked++;
    return await block(place);
  };
  const history = new PriceHistory();
  await fill(history, chain, {}, 3);
  expect(rowsOf(history).length).toBeGreaterThan(10);
  // The first ones are requested ahead, once.
  expect(asked).toBeLessThanOrEqual(6);
});

it("shows no price for an hour whose estimate is not ok, and does not compute it again", async () => {
  const history = new PriceHistory();
  const chain = new TestChain(10);
  await fill(history, chain, { estimate: async () => ({ ...estimateOf(1), status: "low_confidence" }) });
  expect(rowsOf(history)).toEqual([]);
  const reads = chain.read.length;
  await fill(history, chain);
  expect(chain.read.length).toBe(reads);
});

it("reads no more blocks of an hour than the budget", async () => {
  const chain = new TestChain(3);
  const hour = START - HOUR;
  chain.times.splice(0, chain.times.length, ...Array.from({ length: 300 }, (_, index) => hour - 100 + index * 10));
  let most = 0;
  await fill(new PriceHistory(), chain, {
    estimate: async (blocks) => {
      most = Math.max(most, blocks.length);
      return estimateOf(1);
    },
  });
  expect(most).toBe(budgets.hourBlocks.count);
});

it.each([
  ["main", 60_000],
  ["regtest", null],
  ["Main", null],
])("the prices of hours on chain %s are %s", async (name, price) => {
  const chain = new TestChain(4);
  const history = new PriceHistory();
  const nodeChain = new NodeChain(null);
  const stop = new AbortController();
  const ended = startHourFill(
    {
      ...{ nodeChain, history, openData: async () => undefined, openSource: async () => chain, now: () => NOW },
      log: pino({ level: "silent" }),
      thread: { estimateBlocks: async () => estimateOf(60_000), end: async () => undefined },
    },
    stop.signal,
  );
  nodeChain.publish({ type: "tipReached", tip: { chain: name, blocks: 23, bestBlockHash: "00".repeat(32) } });
  const missing = (): number => history.missingHours(NOW - 1800).length;
  for (const before = missing(); missing() === before; ) await new Promise(setImmediate);
  expect(rowsOf(history)[0]?.price ?? null).toBe(price);
  stop.abort();
  await ended;
});
