import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { budgets } from "../src/config/budgets.ts";
import { EntryList } from "../src/sync/entry-list.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const id = (number: number): string => number.toString(16).padStart(64, "0");

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe("a list of mempool entries", () => {
  it("returns ids in order, and entries with parents first", () => {
    const list = new EntryList();
    for (let number = 0; number < 3000; number++)
      list.add({ txid: id(number), time: 5000 - Math.floor(number / 2), ancestorCount: 2 - (number % 2) });
    expect(list.length).toBe(3000);
    expect([...list.txids()]).toEqual(Array.from({ length: 3000 }, (_, number) => id(number)));
    const sorted = [...list.parentsFirst()];
    expect(sorted.slice(0, 4)).toEqual([
      { txid: id(2999), time: 3501 },
      { txid: id(2998), time: 3501 },
      { txid: id(2997), time: 3502 },
      { txid: id(2996), time: 3502 },
    ]);
    expect(sorted).toHaveLength(3000);
  });

  it("uses at most its budget of memory", () => {
    const share = 4;
    const before = heldBytes();
    const list = new EntryList();
    for (let number = 0; number < budgets.unknownEntries.count / share; number++)
      list.add({ txid: id(number), time: number, ancestorCount: 1 });
    expect(heldBytes() - before).toBeLessThan(budgets.unknownEntries.bytes / share);
    expect(list.length).toBe(budgets.unknownEntries.count / share);
  });
});
