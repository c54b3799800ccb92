import { describe, expect, it } from "vitest";
import { UnfinishedMessages } from "../src/unfinished-messages.ts";

class StandInConnection {
  received = 0;
  drops = 0;

  drop(): void {
    this.drops += 1;
  }
}

describe("a connection from which nothing comes while the process grows", () => {
  it("is dropped beyond the limit, and again when that goes on", () => {
    const unfinished = new UnfinishedMessages(100);
    const connection = new StandInConnection();
    for (const bytes of [1000, 1050, 1100]) unfinished.look(bytes, [connection]);
    expect(connection.drops).toBe(0);
    expect(unfinished.look(1101, [connection])).toEqual([connection]);
    expect(unfinished.look(1200, [connection])).toEqual([]);
    expect(unfinished.look(1202, [connection])).toEqual([connection]);
  });

  it("is measured from its last message, and from the least that the process had since", () => {
    const unfinished = new UnfinishedMessages(100);
    const connection = new StandInConnection();
    for (const bytes of [1000, 1090, 1180, 1270]) {
      connection.received += 1;
      unfinished.look(bytes, [connection]);
    }
    unfinished.look(500, [connection]);
    expect(connection.drops).toBe(0);
    unfinished.look(601, [connection]);
    expect(connection.drops).toBe(1);
  });

  it("is dropped alone: those that bring messages stay", () => {
    const unfinished = new UnfinishedMessages(100);
    const mute = new StandInConnection();
    const busy = new StandInConnection();
    for (const bytes of [1000, 1200]) {
      busy.received += 1;
      unfinished.look(bytes, [mute, busy]);
    }
    expect([mute.drops, busy.drops]).toEqual([1, 0]);
  });
});
