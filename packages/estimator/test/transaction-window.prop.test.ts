import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MempoolAnalyzer } from "../src/index.ts";
import { activeAmountsSats } from "../src/window/active-payments.ts";
import { TransactionWindow } from "../src/window/transaction-window.ts";
import { ACTIVE } from "../src/window/window-entries.ts";
import { payment } from "./payment.ts";

const WINDOW_SECONDS = 100;
const options = { windowSeconds: WINDOW_SECONDS, maxExpiredIds: 5, maxTransactions: 100_000 };
const NOW = 1_700_000_000;

/** What an engine that receives the amounts holds: how often each amount of each time. */
class HeldAmounts {
  readonly counts = new Map<string, number>();

  add(firstSats: number, secondSats: number, timestamp: number): void {
    for (const value of [firstSats, secondSats]) if (value > 0) this.#count(value, timestamp);
  }

  remove(firstSats: number, secondSats: number, timestamp: number): void {
    for (const value of [firstSats, secondSats]) if (value > 0) this.#discount(value, timestamp);
  }

  #count(valueSats: number, timestamp: number): void {
    const key = `${valueSats} at ${timestamp}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  #discount(valueSats: number, timestamp: number): void {
    const key = `${valueSats} at ${timestamp}`;
    const left = (this.counts.get(key) ?? 0) - 1;
    if (left < 0) throw new Error(`${key} was never received`);
    if (left === 0) this.counts.delete(key);
    else this.counts.set(key, left);
  }
}

const sats = fc.constantFrom(0, 1001, 2000, 5_000_000);
const step = fc.record({
  kind: fc.constantFrom("accept", "accept", "accept", "reject", "see", "remove", "expire"),
  id: fc.nat(9).map((digit) => digit.toString().padStart(64, "a")),
  first: sats,
  second: sats,
  late: fc.nat(60),
  later: fc.nat(40),
});

describe("the amounts of the window", () => {
  it("are reported to the engine once when added and once when removed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(3), (steps, early) => {
        const held = new HeldAmounts();
        const window = new TransactionWindow(options, held);
        const active = new Map<string, { amounts: number[]; timestamp: number }>();
        // Some ids are seen before any time is known, and may be accepted later.
        for (let n = 0; n < early; n++) window.see(n.toString().padStart(64, "a"));
        let now = NOW;
        for (const { kind, id, first, second, late, later } of steps) {
          const timestamp = now - late;
          if (kind === "accept") {
            // The first place is never empty beside a second amount.
            const amounts =
              first === 0 ? { firstSats: second, secondSats: 0 } : { firstSats: first, secondSats: second };
            if (window.accept(id, timestamp, { ...amounts, vouts: 2 }))
              active.set(id, { amounts: [first, second].filter((each) => each > 0), timestamp });
          } else if (kind === "reject") window.reject(id, timestamp);
          else if (kind === "see") window.see(id);
          else if (kind === "remove") {
            expect(window.remove(id)).toBe(active.delete(id));
          } else {
            now += later;
            window.expire(now);
            for (const [key, each] of active) if (now - each.timestamp > WINDOW_SECONDS) active.delete(key);
          }
          const expected = new HeldAmounts();
          for (const each of active.values()) for (const value of each.amounts) expected.add(value, 0, each.timestamp);
          expect(held.counts).toEqual(expected.counts);
          const all = [...active.values()].flatMap(({ amounts }) => amounts);
          expect([...activeAmountsSats(window)].sort()).toEqual(all.sort());
          let inOrder = 0;
          window.order.forEach((entry) => {
            if (window.entries.state(entry) === ACTIVE) inOrder++;
          });
          expect(inOrder).toBe(active.size);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("are not reported for a payment whose amounts are too small", () => {
    const reported: number[] = [];
    const window = new TransactionWindow(options, {
      add: (firstSats, secondSats) => reported.push(firstSats, secondSats),
      remove: (firstSats, secondSats) => reported.push(firstSats, secondSats),
    });
    for (const id of ["removed", "expired"]) window.accept(id, NOW, { firstSats: 0, secondSats: 0, vouts: 2 });
    window.remove("removed");
    expect(window.expire(NOW + WINDOW_SECONDS + 1)).toBe(1);
    expect(reported).toEqual([]);
  });

  it("of a restored window are reported again", () => {
    const held = new HeldAmounts();
    const window = new TransactionWindow(options, held);
    window.restore("a", ACTIVE, NOW, { firstSats: 2000, secondSats: 0, vouts: 0 }, false);
    expect([...held.counts]).toEqual([[`2000 at ${NOW}`, 1]]);
  });
});

describe("the window", () => {
  it("reuses the places of dropped transactions", () => {
    const window = new TransactionWindow(options, new HeldAmounts());
    for (let n = 0; n < 10_000; n++) {
      window.accept(`id ${n}`, NOW + n, { firstSats: 2000, secondSats: 0, vouts: 0 });
      window.expire(NOW + n);
    }
    expect(window.table.capacity).toBeLessThan(8192);
    expect(window.table.size + window.remembered.size).toBe(WINDOW_SECONDS + 1 + 5);
  });

  it("has an id once that was removed and added again", () => {
    const window = new TransactionWindow(options, new HeldAmounts());
    for (let n = 0; n < 3; n++) {
      expect(window.accept("a", NOW + n, { firstSats: 2000, secondSats: 0, vouts: 0 })).toBe(true);
      expect(window.table.size).toBe(1);
      window.remove("a");
    }
  });

  it("keeps the first time of an id that the filter repeats", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS, engine: "reference" });
    analyzer.expire(NOW);
    analyzer.seenTxids.add("seen");
    analyzer.expire(NOW + 50);
    analyzer.seenTxids.add("seen");
    analyzer.expire(NOW + WINDOW_SECONDS + 1);
    expect(analyzer.seenTxids.has("seen")).toBe(false);
  });

  it("keeps ids from before any time was known from the first time on", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS, engine: "reference" });
    for (const id of ["a", "b"]) analyzer.seenTxids.add(id);
    analyzer.addTransaction(payment("c", NOW, [0.01]));
    analyzer.expire(NOW + WINDOW_SECONDS);
    expect(["a", "b", "c"].every((id) => analyzer.seenTxids.has(id))).toBe(true);
    analyzer.expire(NOW + WINDOW_SECONDS + 1);
    expect(["a", "b", "c"].some((id) => analyzer.seenTxids.has(id))).toBe(false);
  });

  it("counts a payment once that was removed, expired and added again", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS, engine: "reference" });
    analyzer.addTransaction(payment("a", NOW, [0.01]));
    analyzer.removeTransaction("a");
    analyzer.expire(NOW + WINDOW_SECONDS + 1);
    expect(analyzer.addTransaction(payment("a", NOW + WINDOW_SECONDS + 2, [0.01]))).toBe(true);
    expect(analyzer.getStats()).toMatchObject({ totalReceived: 1, totalRemoved: 0, activeTxCount: 1 });
    // Nothing has asked for the order since: it is made for the question.
    expect(analyzer.unconfirmedTransactions()).toEqual([["a", NOW + WINDOW_SECONDS + 2]]);
  });

  it("remembers at most the maximum number of ids at a start", () => {
    const analyzer = new MempoolAnalyzer({ maxExpiredIds: 2, engine: "reference" });
    for (const id of ["a", "b", "c"]) expect(analyzer.rememberExpired(id)).toBe(true);
    expect(["a", "b", "c"].filter((id) => analyzer.has(id))).toEqual(["b", "c"]);
    expect(analyzer.getStats()).toMatchObject({ rememberedIds: 2, forgottenIds: 1 });
  });

  it("finds what has vanished from the mempool at the thousandth poll as at the first", () => {
    const analyzer = new MempoolAnalyzer({ engine: "reference" });
    for (const id of ["stays", "goes"]) analyzer.addTransaction(payment(id, NOW, [0.01]));
    analyzer.rememberExpired("old");
    for (let number = 1; number <= 1000; number++) {
      const poll = analyzer.pollMempool();
      expect(poll.add("stays") && poll.add("old")).toBe(true);
      if (number % 100 !== 0) poll.add("goes");
      expect(poll.vanished(NOW + 1)).toEqual(number % 100 === 0 ? ["goes"] : []);
      expect(poll.forgetExpired()).toBe(0);
    }
    expect(analyzer.pollMempool().forgetExpired()).toBe(1);
  });
});
