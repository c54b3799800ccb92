import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Channel } from "../src/channel.ts";
import { EncodedMessage } from "../src/encoded-message.ts";
import { RecentUpdates } from "../src/recent-updates.ts";
import { completeLimits } from "../src/stream-limits.ts";
import type { StreamPosition } from "../src/stream-position.ts";
import { Subscriber } from "../src/subscriber.ts";
import type { Topic } from "../src/topic.ts";
import { ManualClock } from "./manual-clock.ts";

interface TestUpdate extends StreamPosition {
  readonly snapshot: boolean;
  /** First number that a delta covers. */
  readonly from: number;
}

/** A client that moves between servers and applies updates like a real one. */
class MovingClient {
  position: StreamPosition | null = null;
  #connection: Connection | null = null;

  connectTo(channel: Channel, resumes: boolean): void {
    this.leave();
    const connection = new Connection((update) => this.#apply(update));
    this.#connection = connection;
    // A client without position waits for a snapshot; one with a position may apply a delta first.
    if (!resumes) this.position = null;
    channel.add(connection, this.position);
  }

  leave(): void {
    if (this.#connection !== null) this.#connection.isOpen = false;
  }

  #apply({ epoch, seq, snapshot, from }: TestUpdate): void {
    const last = this.position;
    // Sent before: by a server that lags behind the one before.
    if (last?.epoch === epoch && seq <= last.seq) return;
    if (!snapshot) {
      expect(last, "a delta without a state").not.toBeNull();
      expect(epoch, "a delta of another epoch").toBe(last?.epoch);
      expect(from, "a gap or a repeat").toBe((last?.seq ?? -1) + 1);
    }
    this.position = { epoch, seq };
  }
}

class Connection extends Subscriber {
  readonly #receive: (update: TestUpdate) => void;
  isOpen = true;
  readonly bufferedBytes = 0;
  constructor(receive: (update: TestUpdate) => void) {
    super(1, "websocket", "10.0.0.1", 0);
    this.#receive = receive;
  }
  send(message: EncodedMessage): void {
    if (this.isOpen) this.#receive(JSON.parse(Buffer.from(message.payload).toString()) as TestUpdate);
  }
  close(): void {
    this.isOpen = false;
  }
  terminate(): void {
    this.isOpen = false;
  }
  heartbeat(): void {}
}

function merge(deltas: readonly Uint8Array[]): string {
  const updates = deltas.map((delta) => JSON.parse(Buffer.from(delta).toString()) as TestUpdate);
  const from = [...updates].reverse().find(({ snapshot }) => snapshot) ?? (updates[0] as TestUpdate);
  return JSON.stringify({ ...(updates.at(-1) as TestUpdate), snapshot: from.snapshot, from: from.from });
}

/** A server that publishes a sequence, with its own delay and losses, and may restart. */
class TestServer {
  channel!: Channel;
  #topic!: Topic;
  #last: StreamPosition | null = null;
  #outages = 0;
  readonly #clock: ManualClock;
  readonly #merges: boolean;

  constructor(clock: ManualClock, merges: boolean) {
    this.#clock = clock;
    this.#merges = merges;
    this.restart();
  }

  restart(): void {
    const limits = completeLimits({ recentUpdates: 2, resumeMs: 5000, resumeBytes: 1000 });
    this.channel = new Channel(limits, this.#clock, () => {});
    this.#topic = this.channel.topic("live", this.#merges ? { merge } : {});
    this.#last = null;
  }

  /** @param repaired number of updates that the server asks for, up to this one; 0: it does not. */
  publish(position: StreamPosition, repaired = 0): void {
    const { epoch, seq } = position;
    const follows = this.#last?.epoch === epoch && this.#last.seq + 1 === seq;
    const text = (snapshot: boolean, at = seq): string => JSON.stringify({ epoch, seq: at, snapshot, from: at });
    const length = Math.min(repaired, seq);
    const deltas = Array.from({ length }, (_, index) => text(false, seq - (length - 1 - index)));
    this.#last = position;
    this.#topic.publish({
      ...{ delta: text(!follows), snapshot: () => text(true), position },
      ...(follows || deltas.length === 0 ? {} : { deltas }),
    });
  }

  /** Publishes a sequence of its own until the next update. */
  lose(index: number): void {
    this.publish({ epoch: `own-${index}-${++this.#outages}`, seq: 0 });
  }

  get last(): StreamPosition | null {
    return this.#last;
  }
}

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("publish" as const), lost: fc.nat(3), repaired: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("move" as const), to: fc.nat(2), resumes: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const), server: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("outage" as const), server: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("takeover" as const) }) },
);

describe("a client that resumes at random servers of one sequence", () => {
  it("never sees a gap or a repeat, and ends with the latest update", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(action, { maxLength: 150 }), (merges, actions) => {
        const clock = new ManualClock();
        const servers = [0, 1, 2].map(() => new TestServer(clock, merges));
        const client = new MovingClient();
        let position: StreamPosition = { epoch: "run-1", seq: 0 };
        let runs = 1;
        for (const step of actions) {
          clock.advance(100);
          if (step.do === "publish") {
            position = { ...position, seq: position.seq + 1 };
            // One of the servers may miss it.
            for (const [index, server] of servers.entries())
              if (index !== step.lost) server.publish(position, step.repaired);
          } else if (step.do === "move") client.connectTo((servers[step.to] as TestServer).channel, step.resumes);
          else if (step.do === "leave") client.leave();
          else if (step.do === "restart") servers[step.server]?.restart();
          else if (step.do === "outage") servers[step.server]?.lose(step.server);
          else position = { epoch: `run-${++runs}`, seq: 0 };
        }
        const [server] = servers as [TestServer];
        client.connectTo(server.channel, true);
        for (let count = 0; count < 2; count++) {
          position = { ...position, seq: position.seq + 1 };
          server.publish(position);
        }
        expect(client.position).toEqual(position);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the updates kept for clients that resume", () => {
  it("are the latest, within the limits of time and bytes", () => {
    const update = fc.record({ bytes: fc.integer({ min: 1, max: 400 }), afterMs: fc.nat(1500) });
    fc.assert(
      fc.property(fc.array(update, { minLength: 1, maxLength: 100 }), (updates) => {
        const recent = new RecentUpdates({ recentUpdates: 3, resumeMs: 5000, resumeBytes: 2000 });
        const times: number[] = [];
        let nowMs = 0;
        for (const [seq, { bytes, afterMs }] of updates.entries()) {
          nowMs += afterMs;
          times.push(nowMs);
          recent.add(new EncodedMessage(Buffer.alloc(bytes), { epoch: "a", seq }), null, nowMs);
          const kept = updates
            .slice(0, seq + 1)
            .filter((_, index) => recent.after({ epoch: "a", seq: index }) !== null);
          const total = kept.reduce((sum, each) => sum + each.bytes, 0);
          expect(kept.length).toBeGreaterThanOrEqual(Math.min(3, seq + 1));
          if (kept.length > 3) expect(total).toBeLessThanOrEqual(2000);
          const oldest = seq + 1 - kept.length;
          if (kept.length > 3) expect(nowMs - (times[oldest] as number)).toBeLessThanOrEqual(5000);
          expect(recent.after({ epoch: "a", seq: oldest })).toHaveLength(kept.length - 1);
          expect(recent.after({ epoch: "b", seq })).toBeNull();
          // The one before was dropped for a reason.
          const before = oldest - 1;
          if (before >= 0)
            expect(nowMs - (times[before] as number) > 5000 || total + (updates[before]?.bytes ?? 0) > 2000).toBe(true);
        }
      }),
    );
  });
});
