import { describe, expect, it } from "vitest";
import { SteadyClock, unsetClocks } from "../src/ingest/steady-clock.ts";

/** A machine whose clocks go as a test lets them. */
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

  /** The time after a look at the wall clock. */
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
  it("is the wall clock, and follows one that is made to run a little fast or slow", () => {
    const machine = new Machine();
    // A correction of half a thousandth for days: minutes in the end.
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

  it.each([3600, -3600, 86_400, -86_400, 6, -6])("tells once when time goes on by %d s that did not pass", (step) => {
    const machine = new Machine();
    machine.pass(10);
    machine.checkedNow();
    machine.pass(0.5, 0.5 + step);
    expect(machine.checkedNow()).toBeCloseTo(machine.wallSeconds, 3);
    machine.checkedNow();
    expect(machine.steps).toEqual([expect.closeTo(step, 3)]);
  });

  it("changes nothing when it is only read: a step is noticed where it is looked for", () => {
    const machine = new Machine();
    const before = machine.clock.now();
    machine.pass(1, 3600);
    expect(machine.clock.now() - before).toBeCloseTo(1, 3);
    expect(machine.clock.unix(machine.clock.steady()) - before).toBeCloseTo(1, 3);
    expect(machine.steps).toEqual([]);
    expect(machine.checkedNow()).toBeCloseTo(machine.wallSeconds, 3);
    expect(machine.steps).toEqual([expect.closeTo(3599, 3)]);
  });

  it("takes it for no step when the program stood still between its readings, however long", () => {
    const machine = new Machine();
    machine.onWall = () => machine.pass(3600);
    machine.checkedNow();
    machine.onWall = () => undefined;
    machine.checkedNow();
    expect(machine.steps).toEqual([]);
  });

  it("dates what came before it was set by the clock as it then stands", () => {
    const machine = new Machine();
    const noted = machine.clock.steady();
    machine.pass(2, 2 + 86_400);
    machine.clock.checkStep();
    expect(machine.clock.unix(noted)).toBeCloseTo(machine.wallSeconds - 2, 3);
    expect(machine.clock.steady() - noted).toBeCloseTo(2, 3);
    expect(machine.steps).toHaveLength(1);
  });

  it("of a simulation is that of the start, whatever is done to the machine's", () => {
    const machine = new Machine();
    const { wall } = unsetClocks(machine.clocks);
    const before = wall();
    machine.pass(5, -3600);
    expect(wall() - before).toBeCloseTo(5, 3);
  });
});
