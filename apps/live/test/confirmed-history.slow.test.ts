import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUS_HISTORY_PRICES_MAX } from "@utxoracle/models";
import { pino } from "pino";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ConfirmedHistory } from "../src/confirmed/confirmed-history.ts";
import type { BlockPrice, PriceRecord, WindowNumber } from "../src/confirmed/price-record.ts";
import { keepConfirmed } from "../src/confirmed/saved-confirmed.ts";
import { SavedData } from "../src/store/saved-data.ts";
import { killMoments } from "./kill-moments.ts";

const folder = mkdtempSync(join(tmpdir(), "price-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = pino({ level: "silent" });
/** 50 in `pnpm soak confirmed-kills 50`; else two, the second at a database with values. */
const KILLS = Number(process.env["UTXORACLE_SOAK_KILLS"] ?? 2);

const hash = (number: number): string => number.toString(16).padStart(64, "0");

function blockPrice(height: number, price: number | null, branch = 0): BlockPrice {
  const status = price === null ? "no_estimate" : "ok";
  const estimate = {
    price,
    low: null,
    high: null,
    confidence: price === null ? 0 : 0.9,
    status,
    engine: "posterior",
  } as const;
  return { kind: "block", height, hash: hash(height * 10 + branch), time: 1_700_000_000 + 600 * height, ...estimate };
}

function day(lastHeight: number, price: number): WindowNumber {
  const { kind: _, height: __, ...rest } = blockPrice(lastHeight, price);
  return { kind: "day", day: "2024-02-29", firstHeight: lastHeight - 50, lastHeight, amounts: 150_000, ...rest };
}

const records: PriceRecord[] = [
  ...Array.from({ length: 12 }, (_, index) => blockPrice(100 + index, 60_000 + index)),
  { kind: "forget_above", height: 109 },
  blockPrice(110, 61_000, 1),
  day(110, 60_500),
];

describe("saved prices", () => {
  it("are all there, whole, after kills at random moments", async () => {
    const path = join(folder, "saved-prices-main");
    const writer = fileURLToPath(new URL("./saved-data-writer.ts", import.meta.url));
    let kept = 0;
    const moment = killMoments();
    for (let kill = 0; kill < KILLS; kill++) {
      const words = ["--conditions=@utxoracle/source", "--import", "tsx", writer, path, String(kept)];
      const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
      const rowsWanted = 1 + Math.floor(2000 * moment());
      let printed = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        if (printed.split("\n").length > rowsWanted) child.kill("SIGKILL");
      });
      await once(child, "close");
      const saved = printed.split("\n").slice(0, -1);
      expect(saved.length).toBeGreaterThanOrEqual(rowsWanted);
      const data = await SavedData.open(path, log);
      const { values, damaged } = await data.read("confirmed/");
      await data.close();
      expect(damaged).toBe(0);
      const heights = [...values.values()].map((value) => (value as BlockPrice).height);
      expect(heights).toEqual(heights.map((_, index) => index));
      expect(heights.length).toBeGreaterThanOrEqual(kept + saved.length);
      kept = heights.length;
    }
  }, 600_000);
});

describe("the history", () => {
  it("has one ok price for each block of the chain, ascending in time", () => {
    const history = new ConfirmedHistory();
    for (const record of records) history.keep(record);
    history.keep(blockPrice(111, null));
    history.keep({ ...blockPrice(112, 61_002), time: 0 });
    const { prices } = history;
    expect(prices.map(({ price }) => price)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => 60_000 + i),
      61_000,
      61_002,
    ]);
    for (const [index, { timestamp }] of prices.entries())
      expect(timestamp).toBeGreaterThanOrEqual(prices[index - 1]?.timestamp ?? 0);
    expect(history.has(110, hash(1101))).toBe(true);
    expect(history.has(110, hash(1100))).toBe(false);
  });

  it("is the same after a restart, whatever came before the saved prices were known", async () => {
    const path = join(folder, "saved-prices-regtest");
    const first = new ConfirmedHistory();
    const data = await SavedData.open(path, log);
    first.keep(blockPrice(100, 60_000));
    await keepConfirmed(first, data, "regtest", log);
    for (const record of records) first.keep(record);
    await data.close();
    const second = new ConfirmedHistory();
    const reopened = await SavedData.open(path, log);
    second.keep(blockPrice(113, 61_003));
    await keepConfirmed(second, reopened, "regtest", log);
    await reopened.close();
    expect(second.prices).toEqual([...first.prices, { timestamp: 1_700_000_000 + 600 * 113, price: 61_003 }]);
    expect(second.lastDay).toEqual(day(110, 60_500));
  });

  it("keeps the newest of 100,000 saved prices in linear time", () => {
    const count = 100_000;
    let looks = 0;
    const look = (): void => {
      if (++looks > 40 * count) throw new Error("the work grows faster than the count");
    };
    const many = Array.from({ length: count }, (_, index): PriceRecord => {
      // Now and then a block was replaced, and the panel's block came before those below it.
      const height = index % 1000 === 500 ? index + 3 : index;
      if (index % 1000 === 700) return { kind: "forget_above", height: index - 3 };
      const record = blockPrice(height, 60_000 + index);
      const lookAtHeight = (): number => {
        look();
        return height;
      };
      return Object.defineProperty(record, "height", { get: lookAtHeight });
    });
    const keys = Map.prototype.keys;
    const spy = vi.spyOn(Map.prototype, "keys").mockImplementation(function* (this: Map<unknown, unknown>) {
      for (const key of keys.call(this)) {
        look();
        yield key;
      }
    } as never);
    const kept: PriceRecord[] = [];
    const removed: PriceRecord[] = [];
    const history = new ConfirmedHistory();
    try {
      history.restore(many, { save: (record) => kept.push(record), remove: (record) => removed.push(record) });
    } finally {
      spy.mockRestore();
    }
    const heights = history.blocks.map(({ height }) => height);
    expect(heights).toHaveLength(BUS_HISTORY_PRICES_MAX);
    expect(heights).toEqual([...new Set(heights)].sort((a, b) => a - b));
    expect(heights.at(-1)).toBe(count - 1);
    history.keep(blockPrice(count, 1));
    expect(history.blocks).toHaveLength(BUS_HISTORY_PRICES_MAX);
    expect(history.blocks[0]?.height).toBe(heights[1]);
    expect(kept).toHaveLength(1);
    expect(removed.at(-1)).toMatchObject({ height: heights[0] });
  });

  it("removes prices of longer windows that a reorganization changed", () => {
    const history = new ConfirmedHistory();
    history.keep(blockPrice(110, 60_000));
    history.keep(day(110, 60_500));
    history.keep({ kind: "forget_above", height: 110 });
    expect(history.lastDay).not.toBeNull();
    history.keep({ kind: "forget_above", height: 109 });
    expect(history.lastDay).toBeNull();
    expect(history.prices).toEqual([]);
  });
});
