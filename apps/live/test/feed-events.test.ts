import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { FeedEvents } from "../src/ingest/feed-events.ts";

/** The log lines of an event. */
function linesOf(
  event: Parameters<FeedEvents["onEvent"]>[0],
  { hasRpc = true, paused = null }: { hasRpc?: boolean; paused?: number | null },
): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const counter = { inc: () => undefined };
  const metrics = { feedGaps: counter, feedMissedMessages: counter };
  const sync = { requestSync: () => undefined, requestFullSync: () => undefined };
  new FeedEvents(log, metrics as never, sync, { hasRpc, ownPause: () => paused }).onEvent(event);
  return lines;
}

const place = { endpoint: "tcp://n:1", topics: ["rawtx"], timestamp: 1 } as const;

describe("the log of the feed", () => {
  it.each([
    [true, "fetched over RPC"],
    [false, "lost, because there is no RPC"],
  ])("says what happens to dropped messages, with RPC: %s", (hasRpc, effect) => {
    const dropped = { rawtx: 3, rawblock: 0, hashblock: 0, sequence: 0 };
    const queue = { queuedMessages: 9, queuedBytes: 9, timestamp: 1 };
    const event = { type: "slow_consumer", phase: "dropping", dropped, ...queue } as const;
    expect(linesOf(event, { hasRpc })).toMatchObject([{ msg: expect.stringContaining(effect) }]);
  });

  it.each([
    [null, "node dropped messages"],
    [7.4, "messages lost while the program was paused"],
  ])("names the cause of a gap after an own pause of %s s", (paused, cause) => {
    const event = { type: "gap", topic: "rawtx", missed: 3, expectedCounter: 1, counter: 4, ...place } as const;
    expect(linesOf(event, { paused })).toMatchObject([{ missed: 3, msg: expect.stringContaining(cause) }]);
  });
});
