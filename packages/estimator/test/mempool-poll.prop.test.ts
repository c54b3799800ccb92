import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MempoolAnalyzer } from "../src/index.ts";
import { payment } from "./payment.ts";

const WINDOW_SECONDS = 100;
const START = 1_700_000_000;

const ids = [
  ...Array.from({ length: 14 }, (_, i) => i.toString(16).padStart(64, "0")),
  "0",
  "x".repeat(31),
  "y".repeat(200),
];

/** What is known of an id, by the rules and over a plain Map. */
interface Known {
  state: "active" | "rejected" | "removed" | "aged" | "aged-removed";
  timestamp: number;
  confirmed: boolean;
  /** The running poll knows that it is in the mempool, or cannot know. */
  seen: boolean;
}

const txid = fc.constantFrom(...ids);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant("add" as const), txid, late: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("reject" as const), txid, late: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("remove" as const), txid, late: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("confirm" as const), txid, late: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("unconfirm" as const), txid, late: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("remember" as const), txid, late: fc.constant(0) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant("pass" as const), txid, late: fc.nat(60) }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant("see" as const), txid, late: fc.constant(0) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const rounds = fc.array(
  fc.record({
    before: fc.array(step, { maxLength: 30 }),
    during: fc.array(step, { maxLength: 30 }),
    keeps: txid,
    isGivenUp: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

describe("a poll of the mempool", () => {
  it("finds exactly the payments of the window that the mempool lacks, whatever happens before and during it", () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const analyzer = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS, engine: "reference" });
        const model = new Map<string, Known>();
        let now = START;
        analyzer.expire(now);
        let poll: ReturnType<MempoolAnalyzer["pollMempool"]> | null = null;

        const play = ({ act, txid, late }: Step): void => {
          const known = model.get(txid);
          const timestamp = now - late;
          switch (act) {
            case "add":
            case "reject": {
              const isNew = known === undefined || known.state === "removed" || known.state === "aged-removed";
              const taken =
                act === "add"
                  ? analyzer.addTransaction(payment(txid, timestamp, [0.01]))
                  : analyzer.rejectTransaction(txid, timestamp);
              expect(taken).toBe(isNew);
              if (isNew)
                model.set(txid, {
                  state: act === "add" ? "active" : "rejected",
                  timestamp,
                  confirmed: false,
                  seen: false,
                });
              break;
            }
            case "remove":
              expect(analyzer.removeTransaction(txid)).toBe(known?.state === "active");
              if (known?.state === "active") known.state = "removed";
              break;
            case "confirm":
              expect(analyzer.confirmTransaction(txid)).toBe(known?.state === "active");
              if (known?.state === "active") known.confirmed = true;
              break;
            case "unconfirm":
              expect(analyzer.unconfirmTransaction(txid)).toBe(known?.state === "active");
              if (known?.state !== "active") break;
              known.confirmed = false;
              known.seen = true;
              break;
            case "remember":
              expect(analyzer.rememberExpired(txid)).toBe(known === undefined);
              if (known === undefined) model.set(txid, { state: "aged", timestamp: 0, confirmed: false, seen: true });
              break;
            case "pass":
              now += late;
              analyzer.expire(now);
              for (const transaction of model.values()) {
                if (transaction.state.startsWith("aged") || now - transaction.timestamp <= WINDOW_SECONDS) continue;
                transaction.state = transaction.state === "removed" ? "aged-removed" : "aged";
                if (poll !== null) transaction.seen = true;
              }
              break;
            case "see":
              if (poll === null) break;
              expect(poll.add(txid)).toBe(known !== undefined && !known.state.endsWith("removed"));
              if (known !== undefined) known.seen = true;
              break;
          }
        };

        for (const { before, during, keeps, isGivenUp } of all) {
          poll = null;
          for (const each of before) play(each);
          const cameBefore = now;
          poll = analyzer.pollMempool();
          for (const known of model.values()) known.seen = false;
          for (const each of during) play(each);
          if (isGivenUp) {
            // The next one begins as if there had been none.
            analyzer.pollMempool().forgetExpired(() => true);
            continue;
          }
          const gone = [...model].filter(
            ([, { state, confirmed, seen, timestamp }]) =>
              state === "active" && !confirmed && !seen && timestamp < cameBefore,
          );
          expect(new Set(poll.vanished(cameBefore))).toEqual(new Set(gone.map(([id]) => id)));
          const forgotten = [...model].filter(
            ([id, { state, seen }]) => state.startsWith("aged") && !seen && id !== keeps,
          );
          expect(poll.forgetExpired((id) => id === keeps)).toBe(forgotten.length);
          for (const [id] of forgotten) model.delete(id);
          for (const id of ids) {
            const state = model.get(id)?.state;
            expect(analyzer.has(id), id).toBe(state !== undefined && !state.endsWith("removed"));
          }
          expect(
            analyzer
              .unconfirmedTransactions()
              .map(([id]) => id)
              .sort(),
          ).toEqual(
            [...model].flatMap(([id, { state, confirmed }]) => (state === "active" && !confirmed ? [id] : [])).sort(),
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it("treats ids of an earlier poll as unseen, however many polls follow", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS, engine: "reference" });
    const [held, aged] = ["a".repeat(64), "b".repeat(64)] as const;
    analyzer.addTransaction(payment(held, START, [0.01]));
    analyzer.rememberExpired(aged);
    const seeing = analyzer.pollMempool();
    expect(seeing.add(held) && seeing.add(aged)).toBe(true);
    expect(seeing.vanished(START + 1)).toEqual([]);
    expect(() => seeing.vanished(START * 1000)).toThrow(/^cameBefore is .*not milliseconds/);
    expect(seeing.forgetExpired()).toBe(0);
    for (let later = 1; later <= 600; later++) {
      const poll = analyzer.pollMempool();
      expect(poll.vanished(START + 1)).toEqual([held]);
      const asked: string[] = [];
      expect(poll.forgetExpired((txid) => asked.push(txid) > 0)).toBe(0);
      expect(asked).toEqual([aged]);
    }
    expect(analyzer.pollMempool().forgetExpired()).toBe(1);
  });
});
