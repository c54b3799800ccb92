import fc from "fast-check";
import { expect, it } from "vitest";
import { RememberedTxids } from "../src/window/remembered-txids.ts";
import { TxidTable } from "../src/window/txid-table.ts";

interface Known {
  txid: string;
  mayReturn: boolean;
  poll: number;
  /** It has come again: only its place is left. */
  isReleased: boolean;
}

const step = fc.record({
  add: fc.constantFrom(0, 1, 40, 600, 1100),
  mayReturn: fc.boolean(),
  fromTable: fc.boolean(),
  release: fc.nat(5),
  see: fc.nat(5),
  drop: fc.constantFrom(0, 1, 30, 500),
  filter: fc.constantFrom(0, 0, 2, 3),
  forgetPolls: fc.boolean(),
});

it("remembered ids are those added and not released since, in order", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const remembered = new RememberedTxids();
      let model: Known[] = [];
      let made = 0;
      const held = (): Known[] => model.filter(({ isReleased }) => !isReleased);
      for (const [poll, { add, mayReturn, fromTable, release, see, drop, filter, forgetPolls }] of steps.entries()) {
        for (let n = 0; n < add; n++) {
          const txid = (made++ * 0x9e3779b9).toString(16).padStart(made % 50 === 0 ? 20 : 64, "0");
          if (fromTable) {
            const table = new TxidTable();
            remembered.take(table, table.insert(txid), mayReturn, poll);
          } else remembered.add(txid, mayReturn, poll);
          model.push({ txid, mayReturn, poll, isReleased: false });
        }
        for (const each of held().slice(3, 3 + release)) {
          remembered.release(each.txid);
          each.isReleased = true;
        }
        for (const each of held().slice(0, see)) {
          expect(remembered.see(each.txid, poll + 1)).toBe(!each.mayReturn);
          each.poll = poll + 1;
        }
        expect(remembered.see("unknown", poll)).toBe(false);
        if (forgetPolls) {
          remembered.forgetPolls();
          for (const each of model) each.poll = 0;
        }
        for (let n = 0; n < drop && model.length > 0; n++)
          expect(remembered.dropOldest()).toBe(!(model.shift() as Known).isReleased);
        if (filter > 0) {
          const before = held();
          // Ids that this poll saw are kept without a call; 0: no poll.
          const sawThem = ({ poll: seenIn }: Known): boolean => filter === 3 && seenIn === poll + 1;
          const asked: string[] = [];
          const keep = (txid: string): boolean => Number.parseInt(txid.slice(-4), 16) % filter !== 0;
          const forgotten = remembered.filter(
            (txid) => {
              asked.push(txid);
              return keep(txid);
            },
            filter === 3 ? poll + 1 : 0,
          );
          expect(asked).toEqual(before.filter((each) => !sawThem(each)).map(({ txid }) => txid));
          model = before.filter((each) => sawThem(each) || keep(each.txid));
          expect(forgotten).toBe(before.length - model.length);
        }
        expect(remembered.count).toBe(model.length);
        expect(remembered.size).toBe(held().length);
        const reported: [string, boolean][] = [];
        remembered.forEach((...each) => {
          reported.push(each);
        });
        expect(reported).toEqual(held().map((each) => [each.txid, each.mayReturn]));
        for (const { txid, mayReturn: returns } of held().slice(-20))
          expect(remembered.find(txid)).toBe(returns ? "may_return" : "remembered");
        expect(remembered.find("unknown")).toBe("unknown");
      }
    }),
    { numRuns: 12 },
  );
});

it("asks for an id that only a forgotten poll saw", () => {
  const remembered = new RememberedTxids();
  remembered.add("a", false, 1);
  expect(remembered.filter(() => false, 1)).toBe(0);
  remembered.forgetPolls();
  expect(remembered.filter(() => false, 1)).toBe(1);
});

it("released ids free their place", () => {
  const remembered = new RememberedTxids();
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 0; n < 200_000; n++) {
    remembered.add(n.toString().padStart(64, "0"), false, 0);
    if (n >= 5) remembered.dropOldest();
  }
  expect(remembered.count).toBe(5);
  // 48 bytes each would be nearly 10 MB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2e6);
});

it("released places are reused, so memory does not grow with the number of past ids", () => {
  const table = new TxidTable();
  const remembered = new RememberedTxids(table);
  const through = (round: number): void => {
    for (let n = 0; n < 100; n++) remembered.add((round * 100 + n).toString(16).padStart(64, "0"), false, 0);
    for (let n = 0; n < 50; n++) remembered.dropOldest();
    remembered.filter(() => false);
  };
  through(0);
  const { capacity } = table;
  for (let round = 1; round <= 200; round++) through(round);
  expect(remembered.count).toBe(0);
  expect(table.capacity).toBe(capacity);
});
