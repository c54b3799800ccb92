import { describe, expect, it } from "vitest";
import { replay } from "../src/index.ts";

const records = (...timestamps: number[]) => timestamps.map((timestamp, index) => ({ timestamp, index }));

/** A fake clock and timer: sleeping advances the clock. */
function virtualTime() {
  let seconds = 50;
  return {
    slept: [] as number[],
    monotonicNow: () => seconds,
    async sleep(milliseconds: number) {
      this.slept.push(milliseconds);
      seconds += milliseconds / 1000;
    },
    pass(more: number) {
      seconds += more;
    },
  };
}

describe("replay", () => {
  it("waits the recorded time between records, divided by the speed", async () => {
    const time = virtualTime();
    const moments: [number, number, number | null][] = [];
    const run = replay(records(1000, 1000, 1003, 1002, 1010), {
      speed: 2,
      monotonicNow: time.monotonicNow,
      sleep: (milliseconds) => time.sleep(milliseconds),
    });
    expect(run.now()).toBeNull();
    for await (const record of run) moments.push([record.index, time.monotonicNow(), run.now()]);
    expect(moments).toEqual([
      [0, 50, 1000],
      [1, 50, 1000],
      [2, 51.5, 1003],
      [3, 51.5, 1003],
      [4, 55, 1010],
    ]);
    time.pass(100);
    expect(run.now()).toBe(1010);
  });

  it("does not drift with a slow consumer; its clock never passes a record", async () => {
    const time = virtualTime();
    let clockWhileWaiting: number | null = null;
    const run = replay(records(0, 10, 11), {
      monotonicNow: time.monotonicNow,
      async sleep(milliseconds) {
        time.pass(milliseconds / 2000);
        clockWhileWaiting = run.now();
        time.pass(milliseconds / 2000 + 5);
        expect(run.now()).toBe(10);
      },
    });
    await run.next();
    time.pass(4);
    await run.next();
    expect(clockWhileWaiting).toBe(7);
    expect(time.monotonicNow()).toBe(50 + 4 + 6 + 5);
    await run.next();
    expect(time.monotonicNow()).toBe(65);
  });

  it("yields everything without a timer at full speed, with turns for others", async () => {
    let turns = 0;
    let running = true;
    const count = () => {
      turns += 1;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    let given = 0;
    const many = Array.from({ length: 5000 }, (_, index) => ({ timestamp: index * 60 }));
    for await (const _ of replay(many, { speed: "max", sleep: () => Promise.reject(new Error("slept")) })) given += 1;
    running = false;
    expect(given).toBe(5000);
    expect(turns).toBeGreaterThan(10);
  });

  it("ends on the signal during a wait", async () => {
    const controller = new AbortController();
    const run = replay(records(0, 3600), { signal: controller.signal });
    await run.next();
    const waiting = run.next();
    controller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("rejects the speed %s", (speed) => {
    expect(() => replay([], { speed })).toThrow(/speed must be a number above 0/);
  });
});
