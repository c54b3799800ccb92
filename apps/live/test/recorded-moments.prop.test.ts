import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordedMoments } from "../src/serve/recorded-moments.ts";

const WINDOW_SECONDS = 100;

/** Moments recorded with a number of ticks between messages. */
function noted(gaps: readonly number[], looks: readonly number[]): number[] {
  const moments = new RecordedMoments(WINDOW_SECONDS);
  const all: number[] = [];
  let time = 1_700_000_003;
  for (const [index, gap] of gaps.entries()) {
    const count = looks[index % Math.max(1, looks.length)] ?? 0;
    for (let look = 1; look <= count; look++) all.push(...moments.before(time + (gap * look) / count));
    time += gap;
    all.push(...moments.before(time));
    moments.onMessage(time);
  }
  return all;
}

describe("the moments of a replay", () => {
  const gaps = fc.array(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.double({ min: 0, max: 400, noNaN: true })), {
    maxLength: 60,
  });

  it("are the same with any number of ticks", () => {
    fc.assert(
      fc.property(gaps, fc.array(fc.nat(5), { maxLength: 5 }), (between, looks) => {
        expect(noted(between, looks)).toEqual(noted(between, []));
      }),
    );
  });

  it("are 10 s apart, without gaps while a price is possible", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: WINDOW_SECONDS }), { minLength: 1, maxLength: 60 }), (between) => {
        const moments = noted(between, []);
        const end = 1_700_000_003 + between.reduce((sum, gap) => sum + gap, 0);
        const expected: number[] = [];
        // Before the first message there are no moments.
        for (let moment = 1_700_000_010; moment < end; moment += 10)
          if (moment >= 1_700_000_003 + (between[0] as number)) expected.push(moment);
        expect(moments).toEqual(expected);
      }),
    );
  });

  it("stop during a silence of years", () => {
    const moments = noted([0, 1e9, 5], []);
    expect(moments).toHaveLength((WINDOW_SECONDS + 10) / 10);
  });
});
