import { expect, it } from "vitest";
import type { Clock } from "../src/clock.ts";
import { SlicedQueue } from "../src/sliced-queue.ts";

it("SlicedQueue runs tasks in order, in slices with I/O in between", () => {
  let nowMs = 0;
  const turns: (() => void)[] = [];
  const clock: Clock = { now: () => nowMs, after: () => () => {}, afterIo: (task) => turns.push(task) as never };
  const queue = new SlicedQueue(clock, 8);
  const done: number[] = [];
  const work = (number: number) => (): void => {
    // Each task takes 3 ms; the fifth adds more.
    nowMs += 3;
    done.push(number);
    if (number === 5) queue.push(work(100));
  };
  for (let number = 1; number <= 7; number++) queue.push(work(number));
  expect(done).toEqual([]);
  const slices: number[][] = [];
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
    const before = done.length;
    turn();
    slices.push(done.slice(before));
  }
  expect(slices).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 100],
  ]);
});
