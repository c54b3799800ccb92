import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TxidTable } from "../src/window/txid-table.ts";

const hexDigit = fc.constantFrom(..."0123456789abcdef");
const hexId = fc.array(hexDigit, { minLength: 64, maxLength: 64 }).map((digits) => digits.join(""));
/** Ids that a careless packing would take for one another. */
const lookalikes = fc.constantFrom(
  "0",
  "00",
  "0\0",
  "\0",
  "0".repeat(31),
  "0".repeat(63),
  "0".repeat(64),
  "A".repeat(64),
  "a".repeat(64),
  `${"0".repeat(63)}g`,
  `${"0".repeat(63)}\u{130}`,
  "\u{ff}",
  "\u{100}",
  "\u{d800}",
  "x".repeat(256),
);
const id = fc.oneof(hexId, lookalikes, fc.string({ unit: "binary", minLength: 1, maxLength: 70 }));

describe("the table of transaction ids", () => {
  it("contains exactly the ids added and not removed, each at its own entry", () => {
    const action = fc.record({ id, insert: fc.boolean(), again: fc.nat() });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
        const table = new TxidTable();
        const model = new Map<string, number>();
        for (const { id, insert, again } of actions) {
          const held = [...model.keys()];
          // Half of the time an id that is there, so that repeats and deletions happen.
          const chosen = held.length > 0 && again % 2 === 0 ? (held[again % held.length] as string) : id;
          const known = model.get(chosen);
          expect(table.find(chosen)).toBe(known ?? -1);
          if (known === undefined && insert) {
            const entry = table.insert(chosen);
            expect([...model.values()]).not.toContain(entry);
            expect(entry).toBeLessThan(table.capacity);
            model.set(chosen, entry);
          } else if (known !== undefined && !insert) {
            table.detach(known);
            table.release(known);
            model.delete(chosen);
          }
        }
        expect(table.size).toBe(model.size);
        for (const [id, entry] of model) {
          expect(table.find(id)).toBe(entry);
          expect(table.txid(entry)).toBe(id);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("distinguishes ids with the same slot, whichever is removed", () => {
    const table = new TxidTable();
    const ids = Array.from({ length: 4000 }, (_, i) => (i * 0x9e3779b9).toString(16).padStart(64, "0"));
    const entries = ids.map((id) => table.insert(id));
    for (let i = 0; i < ids.length; i += 3) table.detach(entries[i] as number);
    for (const [i, id] of ids.entries()) expect(table.find(id)).toBe(i % 3 === 0 ? -1 : entries[i]);
  });
});
