import type { MempoolDelta, MempoolSnapshot } from "@utxoracle/models";
import { inSoak } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveFollower } from "../../src/relay/edge/live-follower.ts";
import { deltaTick, tick } from "../http/test-state.ts";

const [RUNS = 500] = inSoak(2000);

const BYTES = new Uint8Array();

/** @param uptime the analyzer's uptime; a forged update has another one. */
function delta(seq: number, uptime = seq / 2): MempoolDelta {
  return { type: "mempool_update", data: deltaTick({ seq, stats: { ...tick().stats, uptime_seconds: uptime } }) };
}

function snapshot(epoch: string, seq: number): MempoolSnapshot {
  return { type: "mempool_update", data: tick({ epoch, seq, stats: { ...tick().stats, uptime_seconds: seq / 2 } }) };
}

interface Given {
  readonly epoch: string;
  readonly seq: number;
  readonly snapshot: boolean;
}

function following(): { follower: LiveFollower; given: Given[] } {
  const given: Given[] = [];
  const follower = new LiveFollower(({ update: { data }, epoch, bytes }) => {
    given.push({ epoch, seq: data.seq, snapshot: bytes === null });
  });
  return { follower, given };
}

describe("LiveFollower", () => {
  it("emits numbers in sequence or a later snapshot, under loss and repetition", () => {
    // The leaders publish a delta at every tick, and states. Most terms have another analyzer.
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
        const lease = (): void => follower.follow({ term, epoch: epoch() });
        // Like the session, pass only messages with the term of the lease.
        const arrives = (number: number): void => {
          if (follower.leader?.term === term) follower.onDelta(delta(number), BYTES);
        };
        const highestGiven = new Map<string, number>();
        for (const { kind, back } of happenings) {
          const before = given.length;
          if (kind === "tick") arrives(++seq);
          else if (kind === "lost") seq += 1;
          else if (kind === "repeated") arrives(Math.max(0, seq - back));
          else if (kind === "state") follower.onState(term, snapshot(epoch(), Math.max(0, seq - back)));
          else if (kind === "zombie" && term > 1) {
            const { needsState } = follower;
            if (follower.leader?.term !== term || follower.leader.epoch === `epoch-${run - 1}`) continue;
            follower.onDelta(snapshot(`epoch-${run - 1}`, 1000 + seq), BYTES);
            follower.onState(term - 1, snapshot(`epoch-${run - 1}`, 2000 + seq));
            expect(given.length).toBe(before);
            expect(follower.needsState).toBe(needsState);
          } else if (kind === "takeover") {
            term += 1;
            run += 1;
            seq = back;
          } else if (kind === "again") {
            // The same analyzer leads again.
            term += 1;
          } else if (kind === "lease") lease();
          for (let index = before; index < given.length; index++) {
            const now = given[index] as Given;
            const last = given[index - 1];
            expect(now.seq).toBeGreaterThan(highestGiven.get(now.epoch) ?? -1);
            if (!now.snapshot) expect(last).toMatchObject({ epoch: now.epoch, seq: now.seq - 1 });
            highestGiven.set(now.epoch, now.seq);
          }
        }
        // A current state always restores the sequence.
        lease();
        follower.onState(term, snapshot(epoch(), ++seq));
        arrives(++seq);
        follower.onState(term, snapshot(epoch(), seq));
        expect(given.at(-1)).toMatchObject({ epoch: epoch(), seq });
      }),
      { numRuns: RUNS },
    );
  });

  it("recovers from injected updates within three states", () => {
    const injected = fc.record({
      // Offset to the analyzer's number.
      ahead: fc.oneof(fc.integer({ min: -3, max: 5 }), fc.integer({ min: 6, max: 2000 }), fc.constant(2 ** 52)),
      run: fc.integer({ min: 1, max: 400 }),
      uptime: fc.double({ min: 0, max: 1e10, noNaN: true }),
      epoch: fc.constantFrom("a", "a", "a", "b"),
    });
    const happening = fc.oneof(
      { weight: 4, arbitrary: fc.constant("tick" as const) },
      { weight: 1, arbitrary: fc.constant("state" as const) },
      { weight: 1, arbitrary: injected },
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const given: { readonly seq: number; readonly uptime: number }[] = [];
        const follower = new LiveFollower(({ update: { data } }) => {
          given.push({ seq: data.seq, uptime: data.stats.uptime_seconds });
        });
        let seq = 0;
        follower.follow({ term: 1, epoch: "a" });
        follower.onState(1, snapshot("a", seq));
        const ticks = (): void => {
          for (let count = 0; count < 4; count++) follower.onDelta(delta(++seq), BYTES);
        };
        for (const what of happenings) {
          if (what === "tick") follower.onDelta(delta(++seq), BYTES);
          else if (what === "state") follower.onState(1, snapshot("a", seq));
          else
            for (let step = 0; step < what.run; step++) {
              const number = Math.max(0, seq + what.ahead + step);
              follower.onDelta(delta(number, what.uptime + step), BYTES);
            }
        }
        // The attacker has stopped.
        for (let states = 0; states < 3; states++) {
          ticks();
          follower.onState(1, snapshot("a", seq - 1));
        }
        ticks();
        expect(given.slice(-4)).toEqual([3, 2, 1, 0].map((back) => ({ seq: seq - back, uptime: (seq - back) / 2 })));
      }),
      { numRuns: RUNS },
    );
  });

  it("applies deltas that arrived before the state", () => {
    const { follower, given } = followingOf(3);
    for (const seq of [7, 8, 9]) follower.onDelta(delta(seq), BYTES);
    expect(given).toEqual([]);
    follower.onState(3, snapshot("a", 7));
    expect(given.map(({ seq }) => seq)).toEqual([7, 8, 9]);
    expect(follower.needsState).toBe(false);
  });

  it("accepts any first state, and waits for the next one after a gap", () => {
    const { follower, given } = followingOf(3);
    follower.onDelta(delta(9), BYTES);
    expect(follower.onState(3, snapshot("a", 5))).toBe("applied");
    expect(follower.needsState).toBe(true);
    expect(follower.onState(3, snapshot("a", 7))).toBe("gap");
    expect(given.map(({ seq }) => seq)).toEqual([5]);
    follower.onState(3, snapshot("a", 9));
    follower.onDelta(delta(10), BYTES);
    expect(given).toEqual([5, 9, 10].map((seq) => ({ epoch: "a", seq, snapshot: seq !== 10 })));
    expect(follower.needsState).toBe(false);
  });

  it("continues without duplicates when the same analyzer leads again", () => {
    const { follower, given } = followingOf(3);
    follower.onState(3, snapshot("a", 7));
    follower.onDelta(delta(8), BYTES);
    follower.follow({ term: 4, epoch: "a" });
    expect(follower.needsState).toBe(true);
    expect(follower.onState(4, snapshot("a", 8))).toBe("repeated");
    expect(follower.needsState).toBe(false);
    follower.onDelta(delta(9), BYTES);
    expect(given.map(({ seq, snapshot }) => [seq, snapshot])).toEqual([
      [7, true],
      [8, false],
      [9, false],
    ]);
  });

  it("loses nothing when a number far ahead arrives between two updates", () => {
    const { follower, given } = followingOf(3);
    follower.onState(3, snapshot("a", 7));
    expect(follower.onDelta(delta(2 ** 52), BYTES)).toBe("gap");
    expect(follower.onDelta(delta(8), BYTES)).toBe("applied");
    expect(follower.onDelta(delta(9), BYTES)).toBe("applied");
    expect(given.map(({ seq }) => seq)).toEqual([7, 8, 9]);
    expect(follower.needsState).toBe(false);
  });
});

/** A follower of epoch `a`. */
function followingOf(term: number): ReturnType<typeof following> {
  const made = following();
  made.follower.follow({ term, epoch: "a" });
  return made;
}
