import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MempoolAnalyzer } from "../src/index.ts";
import { payment } from "./payment.ts";
import { WindowModel } from "./window-model.ts";

const WINDOW_SECONDS = 100;

/** Few enough ids that they come again, of every form that a table might treat differently. */
const ids: string[] = [
  ...Array.from({ length: 12 }, (_, i) => i.toString(16).padStart(64, "0")),
  ...Array.from({ length: 6 }, (_, i) => `${"f".repeat(63)}${i}`),
  "0",
  "1",
  "F".repeat(64),
  "x".repeat(31),
  "x".repeat(32),
  "a id with an ünusual character",
  "\u{1F4B8}",
  "y".repeat(256),
];

const txid = fc.constantFrom(...ids);
const amount = fc.integer({ min: 1_001, max: 1e13 - 1 }).map((sats) => sats / 1e8);
const command = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("add"), txid, fc.nat(60), fc.array(amount, { maxLength: 2 })) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("reject"), txid, fc.nat(60)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("see"), txid) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("remove"), txid) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("expire"), fc.nat(80)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("restore")) },
);
type Command = [name: string, ...rest: unknown[]];
const commands = fc.array(command as fc.Arbitrary<Command>, { minLength: 1, maxLength: 120 });

/**
 * Plays commands on an analyzer and a model; time goes forward, arrivals are up to a minute late.
 */
function play(
  sequence: Command[],
  engine: "posterior" | "reference",
): { analyzer: MempoolAnalyzer; model: WindowModel; now: number } {
  let analyzer = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS, engine });
  const model = new WindowModel(WINDOW_SECONDS);
  let now = 1_700_000_000;
  analyzer.expire(now);
  model.expire(now);
  for (const [name, first, second, third] of sequence) {
    if (name === "add") {
      const transaction = payment(first as string, now - (second as number), third as number[]);
      expect(analyzer.addTransaction(transaction)).toBe(
        model.add(transaction.txid, transaction.timestamp, transaction.amounts),
      );
    } else if (name === "reject") {
      const timestamp = now - (second as number);
      expect(analyzer.rejectTransaction(first as string, timestamp)).toBe(model.reject(first as string, timestamp));
    } else if (name === "see") {
      analyzer.seenTxids.add(first as string);
      model.see(first as string);
    } else if (name === "remove") {
      expect(analyzer.removeTransaction(first as string)).toBe(model.remove(first as string));
    } else if (name === "expire") {
      now += first as number;
      expect(analyzer.expire(now)).toBe(model.expire(now));
    } else analyzer = MempoolAnalyzer.restore(analyzer.save());
  }
  return { analyzer, model, now };
}

describe("the window", () => {
  it("contains, counts and knows what its rules say for any input", () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const { analyzer, model } = play(sequence, "reference");
        const stats = analyzer.getStats();
        expect(stats).toMatchObject(model.stats());
        expect(stats.totalReceived).toBe(
          stats.totalFiltered + stats.activeTxCount + stats.totalExpired + stats.totalRemoved,
        );
        for (const id of ids) {
          expect(analyzer.has(id)).toBe(model.has(id));
          expect(analyzer.seenTxids.has(id)).toBe(model.isInWindow(id));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("forgets exactly the expired ids that the node no longer holds", () => {
    fc.assert(
      fc.property(commands, fc.uniqueArray(txid), (sequence, mempool) => {
        const { analyzer, model } = play(sequence, "reference");
        const inMempool = new Set(mempool);
        analyzer.forgetExpired((id) => inMempool.has(id));
        for (const id of ids) {
          const state = model.transactions.get(id)?.state;
          const forgettable = state === "expired" || state === "rejected-expired";
          expect(analyzer.has(id)).toBe(model.has(id) && !(forgettable && !inMempool.has(id)));
        }
      }),
      { numRuns: 100 },
    );
  });
});

for (const engine of ["posterior", "reference"] as const) {
  describe(`the estimate of the engine ${engine}`, () => {
    it("equals a window built from the survivors alone", () => {
      fc.assert(
        fc.property(commands, (sequence) => {
          const { analyzer, model, now } = play(sequence, engine);
          model.expire(now);
          const rebuilt = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS, engine });
          for (const { txid, timestamp, amounts } of model.survivors().reverse())
            rebuilt.addTransaction(payment(txid, timestamp, amounts));
          expect(analyzer.estimatePrice(now)).toEqual(rebuilt.estimatePrice(now));
          expect(analyzer.evidence(now)).toEqual(rebuilt.evidence(now));
        }),
        { numRuns: 60 },
      );
    });
  });
}
