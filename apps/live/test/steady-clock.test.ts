import { describe, expect, it } from "vitest";
import { SteadyClock, unsetClocks } from "../src/ingest/steady-clock.ts";

/** Clocks that a test sets. */
class Machine {
  wallSeconds = 1_700_000_000;
  monotonicSeconds = 50;
  /** Called between the two readings of the monotonic clock. */
  onWall: () => void = () => undefined;
  readonly steps: number[] = [];
  readonly clocks = {
    wall: (): number => {
      this.onWall();
      return this.wallSeconds;
    },
    monotonic: (): number => this.monotonicSeconds,
  };
  readonly clock = new SteadyClock(this.clocks, (seconds) => this.steps.push(seconds));

  /** The time after reading the wall clock. */
  checkedNow(): number {
    this.clock.checkStep();
    return this.clock.now();
  }

  pass(seconds: number, wallSeconds = seconds): void {
    this.monotonicSeconds += seconds;
    this.wallSeconds += wallSeconds;
  }
}

describe("the feed's clock", () => {
  it("is the wall clock, and follows small corrections", () => {
    const machine = new Machine();
    // A correction of 0.05 % for days adds up to minutes.
    for (let hour = 0; hour < 100; hour++)
      for (let look = 0; look < 60; look++) {
        machine.pass(60, 60 * (hour < 60 ? 1.0005 : 0.9995));
        expect(machine.checkedNow()).toBeCloseTo(machine.wallSeconds, 3);
      }
    machine.pass(1, 4);
    expect(machine.checkedNow()).toBeCloseTo(machine.wallSeconds, 3);
    machine.pass(1, -2);
    expect(machine.checkedNow()).toBeCloseTo(machine.wallSeconds, 3);
    expect(machine.steps).toEqual([]);
  });

  it.each([3600, -3600, 86_400, -86_400, 6, -6])("reports a step of %d s once", (step) => {
    const machine = new Machine();
    machine.pass(10);
    machine.checkedNow();
    machine.pass(0.5, 0.5 + step);
    expect(machine.checkedNow()).toBeCloseTo(machine.wallSeconds, 3);
    machine.checkedNow();
    expect(machine.steps).toEqual([expect.closeTo(step, 3)]);
  });

  it("detects a step only in checkStep", () => {
    const machine = new Machine();
    const before = machine.clock.now();
    machine.pass(1, 3600);
    expect(machine.clock.now() - before).toBeCloseTo(1, 3);
    expect(machine.clock.unix(machine.clock.steady()) - before).toBeCloseTo(1, 3);
    expect(machine.steps).toEqual([]);
    expect(machine.checkedNow()).toBeCloseTo(machine.wallSeconds, 3);
    expect(machine.steps).toEqual([expect.closeTo(3599, 3)]);
  });

  it("detects no step when the process was paused between readings", () => {
    const machine = new Machine();
    machine.onWall = () => machine.pass(3600);
    machine.checkedNow();
    machine.onWall = () => undefined;
    machine.checkedNow();
    expect(machine.steps).toEqual([]);
  });

  it("converts times from before a step to the current clock", () => {
    const machine = new Machine();
    const noted = machine.clock.steady();
    machine.pass(2, 2 + 86_400);
    machine.clock.checkStep();
    expect(machine.clock.unix(noted)).toBeCloseTo(machine.wallSeconds - 2, 3);
    expect(machine.clock.steady() - noted).toBeCloseTo(2, 3);
    expect(machine.steps).toHaveLength(1);
  });

  it("ignores changes of the machine's clock in a simulation", () => {
    const machine = new Machine();
    const { wall } = unsetClocks(machine.clocks);
    const before = wall();
    machine.pass(5, -3600);
    expect(wall() - before).toBeCloseTo(5, 3);
  });
});
