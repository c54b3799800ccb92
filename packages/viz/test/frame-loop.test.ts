import { describe, expect, it } from "vitest";
import { FrameLoop, type FrameSource } from "../src/frame-loop.ts";
import { ManualTime } from "./manual-time.ts";

/** Frames that come when the test calls for them; in a hidden tab they never come. */
class HandFrames implements FrameSource {
  readonly time = new ManualTime();
  readonly setTimer = this.time.setTimer;
  readonly clearTimer = this.time.clearTimer;
  #waiting = new Map<number, () => void>();
  #nextId = 1;
  requestFrame(callback: () => void): number {
    this.#waiting.set(this.#nextId, callback);
    return this.#nextId++;
  }
  cancelFrame(frame: unknown): void {
    this.#waiting.delete(frame as number);
  }
  get waiting(): number {
    return this.#waiting.size;
  }
  frame(): void {
    const due = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const run of due) run();
  }
}

describe("the frame loop", () => {
  function loop(next: () => number | null): { frames: HandFrames; loop: FrameLoop; draws: () => number } {
    const frames = new HandFrames();
    let draws = 0;
    const made = new FrameLoop(frames, () => {
      draws++;
      return next();
    });
    return { frames, loop: made, draws: () => draws };
  }

  it("draws once for any number of requests", () => {
    const { frames, loop: made, draws } = loop(() => null);
    for (let i = 0; i < 50; i++) made.request();
    frames.frame();
    expect(draws()).toBe(1);
    frames.frame();
    expect(draws()).toBe(1);
    expect(frames.waiting + frames.time.pending).toBe(0);
  });

  it("draws once when a hidden tab becomes visible", () => {
    const { frames, loop: made, draws } = loop(() => null);
    for (let tick = 0; tick < 10_000; tick++) {
      made.request();
      frames.time.pass(500);
    }
    expect(draws()).toBe(0);
    expect(frames.waiting + frames.time.pending).toBe(1);
    frames.frame();
    expect(draws()).toBe(1);
  });

  it("draws each frame while the picture moves and pauses while it rests", () => {
    let nextMs: number | null = 0;
    const { frames, loop: made, draws } = loop(() => nextMs);
    made.request();
    for (let i = 0; i < 10; i++) frames.frame();
    expect(draws()).toBe(10);
    nextMs = 300;
    frames.frame();
    frames.frame();
    expect(draws()).toBe(11);
    frames.time.pass(299);
    frames.frame();
    expect(draws()).toBe(11);
    frames.time.pass(1);
    frames.frame();
    expect(draws()).toBe(12);
  });

  it("cancels its frame when destroyed", () => {
    const { frames, loop: made, draws } = loop(() => 300);
    made.request();
    frames.frame();
    made.request();
    made.stop();
    frames.time.pass(10_000);
    frames.frame();
    expect(draws()).toBe(1);
    expect(frames.waiting + frames.time.pending).toBe(0);
  });
});
