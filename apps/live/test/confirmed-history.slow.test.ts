import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUS_HISTORY_PRICES_MAX } from "@utxoracle/models";
import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ConfirmedHistory } from "../src/confirmed/confirmed-history.ts";
import type { BlockPrice, PriceRecord, WindowNumber } from "../src/confirmed/price-record.ts";
import { PriceStore } from "../src/confirmed/price-store.ts";
import { killMoments } from "./kill-moments.ts";

const folder = mkdtempSync(join(tmpdir(), "price-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `deep/${files++}/prices.log`);

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

describe("kept prices", () => {
  it("cut off at any byte are those whose last byte is there, and go on from there", async () => {
    const path = newPath();
    const store = await PriceStore.open(path);
    const kept = records.slice(-4);
    for (const record of kept) store.append(record);
    store.close();
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const opened = await PriceStore.open(path);
      // The first line is the file's own.
      const complete = Math.max(0, whole.subarray(0, length).filter((byte) => byte === 0x0a).length - 1);
      expect(opened.stored).toMatchObject({
        damagedLines: 0,
        wasTorn: length > 0 && whole[length - 1] !== 0x0a,
        records: kept.slice(0, complete),
      });
      const next = blockPrice(200, 1);
      opened.append(next);
      opened.close();
      const again = await PriceStore.open(path);
      expect(again.stored.records).toEqual([...kept.slice(0, complete), next]);
      again.close();
    }
  });

  it("are all there, and no broken one, after kills at 20 moments", async () => {
    const path = newPath();
    const writer = fileURLToPath(new URL("./price-store-writer.ts", import.meta.url));
    let kept = 0;
    const moment = killMoments();
    for (let kill = 0; kill < 20; kill++) {
      const words = ["--conditions=@utxoracle/source", "--import", "tsx", writer, path, String(kept)];
      const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
      const rowsWanted = 1 + Math.floor(40 * moment());
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.split("\n").length > rowsWanted) child.kill("SIGKILL");
      });
      await once(child, "close");
      const sayings = said.split("\n").slice(0, -1);
      expect(sayings.length).toBeGreaterThanOrEqual(rowsWanted);
      const store = await PriceStore.open(path);
      store.close();
      expect(store.stored.damagedLines).toBe(0);
      const heights = store.stored.records.map((record) => (record.kind === "block" ? record.height : -1));
      expect(heights).toEqual(heights.map((_, index) => index));
      expect(heights.length).toBeGreaterThanOrEqual(kept + sayings.length);
      kept = heights.length;
    }
  });

  it("with a changed byte are all but the one it is in", async () => {
    const path = newPath();
    const store = await PriceStore.open(path);
    for (const record of records) store.append(record);
    store.close();
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: whole.indexOf(0x0a) + 1, max: whole.length - 2 }),
        fc.integer({ min: 1, max: 255 }),
        async (place, change) => {
          const bytes = Buffer.from(whole);
          bytes[place] = (bytes[place] as number) ^ change;
          writeFileSync(path, bytes);
          const opened = await PriceStore.open(path);
          opened.close();
          const { records: left, damagedLines } = opened.stored;
          expect(damagedLines).toBeGreaterThan(0);
          for (const record of left) expect(records).toContainEqual(record);
          // A line break that came or went spoils the lines on both its sides.
          expect(left.length).toBeGreaterThanOrEqual(records.length - 2);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the history", () => {
  it("has one price for each block of the chain, ascending in time, only those that are ok", () => {
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

  it("is the same after a restart, whatever came before the file was known", async () => {
    const path = newPath();
    const first = new ConfirmedHistory();
    const store = await PriceStore.open(path);
    first.keep(blockPrice(100, 60_000));
    first.restore(store.stored.records, store);
    for (const record of records) first.keep(record);
    store.close();
    const second = new ConfirmedHistory();
    const reopened = await PriceStore.open(path);
    second.keep(blockPrice(113, 61_003));
    second.restore(reopened.stored.records, reopened);
    reopened.close();
    expect(second.prices).toEqual([...first.prices, { timestamp: 1_700_000_000 + 600 * 113, price: 61_003 }]);
    expect(second.lastDay).toEqual(day(110, 60_500));
  });

  it("has the newest of 100,000 kept prices, and looks at each a few times only", () => {
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
    const history = new ConfirmedHistory();
    try {
      history.restore(many, { append: (record) => kept.push(record) });
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
  });

  it("forgets the longer windows that a reorganisation took blocks from", () => {
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
