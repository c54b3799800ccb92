import { describe, expect, it } from "vitest";
import { UnfinishedMessages } from "../src/unfinished-messages.ts";

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
    for (const bytes of [1000, 1050, 1100]) unfinished.check(bytes, [connection]);
    expect(connection.drops).toBe(0);
    expect(unfinished.check(1101, [connection])).toEqual([connection]);
    expect(unfinished.check(1200, [connection])).toEqual([]);
    expect(unfinished.check(1202, [connection])).toEqual([connection]);
  });

  it("measures growth from the last message and from the lowest memory since", () => {
    const unfinished = new UnfinishedMessages(100);
    const connection = new StandInConnection();
    for (const bytes of [1000, 1090, 1180, 1270]) {
      connection.received += 1;
      unfinished.check(bytes, [connection]);
    }
    unfinished.check(500, [connection]);
    expect(connection.drops).toBe(0);
    unfinished.check(601, [connection]);
    expect(connection.drops).toBe(1);
  });

  it("keeps connections that deliver messages", () => {
    const unfinished = new UnfinishedMessages(100);
    const mute = new StandInConnection();
    const busy = new StandInConnection();
    for (const bytes of [1000, 1200]) {
      busy.received += 1;
      unfinished.check(bytes, [mute, busy]);
    }
    expect([mute.drops, busy.drops]).toEqual([1, 0]);
  });
});
