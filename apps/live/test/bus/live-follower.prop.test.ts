import type { MempoolUpdate } from "@utxoracle/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveFollower } from "../../src/edge/live-follower.ts";
import { tick } from "../http/board.ts";

const BYTES = new Uint8Array();

function update(epoch: string, seq: number, snapshot: boolean): MempoolUpdate {
  return { type: "mempool_update", data: tick({ epoch, seq, snapshot }) };
}

interface Given {
  readonly epoch: string;
  readonly seq: number;
  readonly snapshot: boolean;
}

function following(): { follower: LiveFollower; given: Given[] } {
  const given: Given[] = [];
  const follower = new LiveFollower(({ update: { data }, bytes }) => {
    given.push({ epoch: data.epoch, seq: data.seq, snapshot: bytes === null });
  });
  return { follower, given };
}

describe("following the live side", () => {
  it("gives each number once and in a row, or a snapshot of a later one, whatever is lost, repeated or of an old term", () => {
    // What the leaders publish: a delta at every tick, and states; most terms are another analyser's.
    const happening = fc.record({
      kind: fc.constantFrom(
        "tick",
        "tick",
        "tick",
        "tick",
        "lost",
        "repeated",
        "state",
        "zombie",
        "takeover",
        "again",
        "lease",
      ),
      back: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 200 }), (happenings) => {
        const { follower, given } = following();
        let term = 1;
        let seq = 0;
        let run = 1;
        const epoch = (): string => `epoch-${run}`;
        const highestGiven = new Map<string, number>();
        for (const { kind, back } of happenings) {
          const before = given.length;
          if (kind === "tick") follower.delta(term, update(epoch(), ++seq, false), BYTES);
          else if (kind === "lost") seq += 1;
          else if (kind === "repeated") follower.delta(term, update(epoch(), Math.max(0, seq - back), false), BYTES);
          else if (kind === "state") follower.state(term, update(epoch(), Math.max(0, seq - back), true));
          else if (kind === "zombie" && term > 1) {
            const { needsState } = follower;
            if (follower.term < term) continue;
            follower.delta(term - 1, update(`epoch-${run - 1}`, 1000 + seq, false), BYTES);
            follower.state(term - 1, update(`epoch-${run - 1}`, 2000 + seq, true));
            expect(given.length).toBe(before);
            expect(follower.needsState).toBe(needsState);
          } else if (kind === "takeover") {
            term += 1;
            run += 1;
            seq = back;
          } else if (kind === "again") {
            // The same analyser leads anew.
            term += 1;
          } else if (kind === "lease") follower.heardOfTerm(term);
          for (let index = before; index < given.length; index++) {
            const now = given[index] as Given;
            const last = given[index - 1];
            expect(now.seq).toBeGreaterThan(highestGiven.get(now.epoch) ?? -1);
            if (!now.snapshot) expect(last).toMatchObject({ epoch: now.epoch, seq: now.seq - 1 });
            highestGiven.set(now.epoch, now.seq);
          }
        }
        // With a state of now it is always in the row again.
        follower.state(term, update(epoch(), ++seq, true));
        follower.delta(term, update(epoch(), ++seq, false), BYTES);
        follower.state(term, update(epoch(), seq, true));
        expect(given.at(-1)).toMatchObject({ epoch: epoch(), seq });
      }),
      { numRuns: 2000 },
    );
  });

  it("joins a state with the deltas that came before it was read", () => {
    const { follower, given } = following();
    for (const seq of [7, 8, 9]) follower.delta(3, update("a", seq, false), BYTES);
    expect(given).toEqual([]);
    follower.state(3, update("a", 7, true));
    expect(given.map(({ seq }) => seq)).toEqual([7, 8, 9]);
    expect(follower.needsState).toBe(false);
  });

  it("takes what state there is where it has nothing, and waits for the next one when the deltas do not continue it", () => {
    const { follower, given } = following();
    follower.delta(3, update("a", 9, false), BYTES);
    expect(follower.state(3, update("a", 5, true))).toBe("applied");
    expect(follower.needsState).toBe(true);
    expect(follower.state(3, update("a", 7, true))).toBe("gap");
    expect(given.map(({ seq }) => seq)).toEqual([5]);
    follower.state(3, update("a", 9, true));
    follower.delta(3, update("a", 10, false), BYTES);
    expect(given).toEqual([5, 9, 10].map((seq) => ({ epoch: "a", seq, snapshot: seq !== 10 })));
    expect(follower.needsState).toBe(false);
  });

  it("goes on where it is when an analyser that it follows leads anew, and says nothing twice", () => {
    const { follower, given } = following();
    follower.state(3, update("a", 7, true));
    follower.delta(3, update("a", 8, false), BYTES);
    follower.heardOfTerm(4);
    expect(follower.needsState).toBe(true);
    expect(follower.state(4, update("a", 8, true))).toBe("repeated");
    expect(follower.needsState).toBe(false);
    follower.delta(4, update("a", 9, false), BYTES);
    expect(given.map(({ seq, snapshot }) => [seq, snapshot])).toEqual([
      [7, true],
      [8, false],
      [9, false],
    ]);
  });
});
