import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Channel } from "../src/channel.ts";
import type { Clock } from "../src/clock.ts";
import type { EncodedMessage } from "../src/encoded-message.ts";
import type { StreamEvent } from "../src/stream-event.ts";
import { completeLimits } from "../src/stream-limits.ts";
import { Subscriber } from "../src/subscriber.ts";

const DROP_ABOVE_BYTES = 200;
const RECENT_UPDATES = 4;
const TOPICS = ["live", "confirmed"];

/** A client that reads when the test says so and applies messages like a real one. */
class ModelClient extends Subscriber {
  readonly #sent: EncodedMessage[] = [];
  /** Version by topic; undefined before the first snapshot. */
  readonly applied = new Map<string, number>();
  isOpen = true;
  bufferedBytes = 0;

  constructor(id: number) {
    super(id, "websocket", "10.0.0.1", 0);
  }

  send(message: EncodedMessage): void {
    // Nothing may be sent while the buffer exceeds the limit.
    expect(this.bufferedBytes).toBeLessThanOrEqual(
      DROP_ABOVE_BYTES + TOPICS.length * RECENT_UPDATES * message.byteLength,
    );
    this.#sent.push(message);
    this.bufferedBytes += message.byteLength;
  }

  /** Reads everything. */
  drain(): void {
    this.bufferedBytes = 0;
    for (const message of this.#sent.splice(0)) {
      const text = message.webSocketFrame.subarray(2).toString();
      const { topic, snapshot, version } = JSON.parse(text) as { topic: string; snapshot: boolean; version: number };
      if (!snapshot)
        expect(version, `${topic}: a delta that does not follow`).toBe((this.applied.get(topic) ?? -1) + 1);
      this.applied.set(topic, version);
    }
  }

  close(): void {
    this.isOpen = false;
  }
  terminate(): void {
    this.isOpen = false;
  }
  heartbeat(): void {}
}

/** A clock that advances with every read, and immediates that the test runs one by one. */
class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #immediates: (() => void)[] = [];

  now(): number {
    this.#nowMs += 1;
    return this.#nowMs;
  }
  after(): () => void {
    return () => {};
  }
  afterIo(task: () => void): () => void {
    this.#immediates.push(task);
    return () => {
      const index = this.#immediates.indexOf(task);
      if (index >= 0) this.#immediates.splice(index, 1);
    };
  }
  step(): boolean {
    const task = this.#immediates.shift();
    task?.();
    return task !== undefined;
  }
}

const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("publish" as const), topic: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("slice" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("join" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), client: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("drain" as const), client: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("ask" as const), client: fc.nat(60) }) },
);

describe("a channel under random updates, joins, leaves and stalls", () => {
  it("sends only applicable updates and brings every client up to date", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.array(action, { maxLength: 200 }), (clientsAtStart, actions) => {
        const clock = new SteppedClock();
        const events: StreamEvent[] = [];
        // The clock advances by 1 ms per read, so that every 16 clients form a slice.
        const limits = completeLimits({
          dropAboveBytes: DROP_ABOVE_BYTES,
          sliceMs: 0.5,
          recentUpdates: RECENT_UPDATES,
        });
        const channel = new Channel(limits, clock, (event) => events.push(event));
        const topics = TOPICS.map((name) => channel.topic(name));
        const versions = [0, 0];
        const clients: ModelClient[] = [];
        const join = (): void => {
          const client = new ModelClient(clients.length);
          clients.push(client);
          channel.add(client);
        };
        const publish = (index: number): void => {
          const version = (versions[index] ?? 0) + 1;
          versions[index] = version;
          const topic = TOPICS[index];
          topics[index]?.publish({
            delta: JSON.stringify({ topic, snapshot: false, version }),
            snapshot: () => JSON.stringify({ topic, snapshot: true, version }),
          });
        };
        for (let count = 0; count < clientsAtStart; count++) join();
        for (const step of actions) {
          const client = "client" in step ? clients[step.client % Math.max(1, clients.length)] : undefined;
          if (step.do === "publish") publish(step.topic);
          else if (step.do === "slice") clock.step();
          else if (step.do === "join") join();
          else if (step.do === "drain") client?.drain();
          else if (client !== undefined && step.do === "ask") {
            channel.resend(client);
          } else if (client !== undefined && step.do === "leave") {
            client.close();
            channel.remove(client);
          }
        }
        // All connections recover, and each topic gets one more update.
        for (const client of clients) client.drain();
        publish(0);
        publish(1);
        while (clock.step());
        for (const client of clients.filter(({ isOpen }) => isOpen)) {
          client.drain();
          expect(TOPICS.map((topic) => client.applied.get(topic))).toEqual(versions);
        }
        expect(events.filter(({ type }) => type === "publisher_failed")).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
