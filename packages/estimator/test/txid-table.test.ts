import { describe, expect, it } from "vitest";
import { PackedTxid } from "../src/window/packed-txid.ts";
import { PAGE_ENTRIES } from "../src/window/pages.ts";
import { TxidTable } from "../src/window/txid-table.ts";

const hexId = (number: number): string => number.toString(16).padStart(64, "0");

describe("the table of transaction ids", () => {
  it("reuses entries, so that a window does not grow over days", () => {
    const table = new TxidTable();
    for (let round = 0; round < 10; round++) {
      const entries = Array.from({ length: 1000 }, (_, index) => table.insert(hexId(1000 * round + index)));
      expect(new Set(entries).size).toBe(1000);
      for (const entry of entries) {
        table.detach(entry);
        table.release(entry);
      }
    }
    expect(table.capacity).toBe(PAGE_ENTRIES);
    expect(table.size).toBe(0);
  });

  it("copies ids of any form from another table", () => {
    const [from, to] = [new TxidTable(), new TxidTable()];
    for (const txid of [hexId(1), "short", "x".repeat(32), "\u{20ac}"]) {
      const entry = to.insertFrom(from, from.insert(txid));
      expect(to.find(txid)).toBe(entry);
      expect(to.txid(entry)).toBe(txid);
      expect(from.find(txid)).toBeGreaterThanOrEqual(0);
    }
  });

  it("distinguishes a short text from the hex id with the same 32 bytes", () => {
    const packed = new PackedTxid();
    packed.pack("short");
    const sameBytes = packed.unpack(packed.words, 0);
    expect(sameBytes).toHaveLength(64);
    const table = new TxidTable();
    const entries = [table.insert("short"), table.insert(sameBytes)];
    expect([table.find("short"), table.find(sameBytes)]).toEqual(entries);
    expect(entries.map((entry) => table.txid(entry))).toEqual(["short", sameBytes]);
  });
});
