import { describe, expect, it } from "vitest";
import { UnfinishedMessages } from "../src/unfinished-messages.ts";

/** Memory that JavaScript takes nothing of. */
const native = (total: number) => ({ total, ofJavaScript: 0 });

class StandInConnection {
  received = 0;
  drops = 0;

  drop(): void {
    this.drops += 1;
  }
}

describe("UnfinishedMessages", () => {
  it("drops a connection beyond the limit, and again if growth continues", () => {
    const unfinished = new UnfinishedMessages(100);
    const connection = new StandInConnection();
    for (const bytes of [1000, 1050, 1100]) unfinished.check(native(bytes), [connection]);
    expect(connection.drops).toBe(0);
    expect(unfinished.check(native(1101), [connection])).toEqual([connection]);
    expect(unfinished.check(native(1200), [connection])).toEqual([]);
    expect(unfinished.check(native(1202), [connection])).toEqual([connection]);
  });

  it("measures growth from the last message and from the lowest memory since", () => {
    const unfinished = new UnfinishedMessages(100);
    const connection = new StandInConnection();
    for (const bytes of [1000, 1090, 1180, 1270]) {
      connection.received += 1;
      unfinished.check(native(bytes), [connection]);
    }
    unfinished.check(native(500), [connection]);
    expect(connection.drops).toBe(0);
    unfinished.check(native(601), [connection]);
    expect(connection.drops).toBe(1);
  });

  it("does not count what JavaScript takes, nor what it gives back and the process keeps", () => {
    const unfinished = new UnfinishedMessages(100);
    const connection = new StandInConnection();
    for (const [total, ofJavaScript] of [
      [1000, 500],
      [1300, 800],
      [1300, 400],
      [1400, 400],
    ] as const)
      unfinished.check({ total, ofJavaScript }, [connection]);
    expect(connection.drops).toBe(0);
    unfinished.check({ total: 1401, ofJavaScript: 400 }, [connection]);
    expect(connection.drops).toBe(1);
  });

  it("keeps connections that deliver messages", () => {
    const unfinished = new UnfinishedMessages(100);
    const mute = new StandInConnection();
    const busy = new StandInConnection();
    for (const bytes of [1000, 1200]) {
      busy.received += 1;
      unfinished.check(native(bytes), [mute, busy]);
    }
    expect([mute.drops, busy.drops]).toEqual([1, 0]);
  });
});
