import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { Channel } from "../src/channel.ts";
import { systemClock } from "../src/clock.ts";
import { createStreamServer, type StreamEvent } from "../src/index.ts";
import { SlicedQueue } from "../src/sliced-queue.ts";
import type { CloseCause } from "../src/stream-event.ts";
import { completeLimits } from "../src/stream-limits.ts";
import { Subscriber } from "../src/subscriber.ts";
import { ManualClock } from "./manual-clock.ts";
import { startServer, TestClient } from "./test-server.ts";

/** A client whose methods throw. */
class FailingSubscriber extends Subscriber {
  isOpen = true;
  bufferedBytes = 0;
  cause: CloseCause | null = null;
  send(): void {
    throw new Error("a defect");
  }
  close(): void {
    throw new Error("another defect");
  }
  terminate(cause: CloseCause): void {
    this.isOpen = false;
    this.cause = cause;
  }
  heartbeat(): void {}
}

class WorkingSubscriber extends FailingSubscriber {
  sent = 0;
  override send(): void {
    this.sent += 1;
  }
}

describe("an error for one client", () => {
  it("is reported and disconnects only that client", () => {
    const events: StreamEvent[] = [];
    const channel = new Channel(completeLimits(), systemClock, (event) => events.push(event));
    const topic = channel.topic("live");
    const failing = new FailingSubscriber(1, "websocket", "10.0.0.1", 0);
    const others = [2, 3].map((id) => new WorkingSubscriber(id, "websocket", "10.0.0.1", 0));
    for (const client of [others[0], failing, others[1]]) channel.add(client as Subscriber);
    for (let n = 0; n < 2; n++) topic.publish({ delta: "1", snapshot: () => "1" });
    expect(others.map(({ sent }) => sent)).toEqual([2, 2]);
    expect(failing.cause).toBe("failed");
    expect(events.filter(({ type }) => type === "client_failed")).toEqual([
      { type: "client_failed", client: 1, kind: "websocket", address: "10.0.0.1", error: new Error("a defect") },
    ]);
    expect(events.filter(({ type }) => type === "broadcast")).toHaveLength(2);
  });

  it("does not stop queued tasks", async () => {
    const done: number[] = [];
    const immediates: (() => void)[] = [];
    const clock = Object.assign(new ManualClock(), { afterIo: (task: () => void) => void immediates.push(task) });
    const queue = new SlicedQueue(clock as unknown as ManualClock, 8);
    queue.push(() => done.push(1));
    queue.push(() => {
      throw new Error("a defect");
    });
    queue.push(() => done.push(3));
    expect(() => immediates.shift()?.()).toThrow("a defect");
    immediates.shift()?.();
    expect(done).toEqual([1, 3]);
  });
});

describe("a listener that throws or rejects", () => {
  it.each([
    () => {
      throw new Error("the listener's defect");
    },
    () => Promise.reject(new Error("the listener's defect")),
  ])("stops nothing, and is a process warning once", async (onEvent) => {
    const warned = once(process, "warning");
    const server = createStreamServer({ onEvent });
    const topic = server.channel({ webSocketPath: "/ws", ssePath: "/sse" }).topic("live");
    const { url } = await server.listen();
    topic.publish({ delta: "1", snapshot: () => '{"all":1}' });
    const clients = [new TestClient(`${url}/ws`), new TestClient(`${url}/ws`)];
    for (const client of clients) await client.received(1);
    for (let n = 2; n < 5; n++) topic.publish({ delta: `{"n":${n}}`, snapshot: () => "0" });
    for (const client of clients) expect((await client.received(4)).at(-1)).toEqual({ n: 4 });
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    clients[0]?.socket.close();
    await server.close();
    expect(await clients[1]?.closed).toMatchObject({ code: 1001 });
    const [warning] = (await warned) as [Error];
    expect(warning).toMatchObject({ name: "StreamServerWarning" });
    expect(warning.message).toContain("the listener's defect");
  });
});

describe("a snapshot function that throws", () => {
  it("does not affect other topics", async () => {
    const { live, confirmed, url, event } = await startServer();
    live.publish({
      delta: "1",
      snapshot: () => {
        throw new Error("a defect");
      },
    });
    confirmed.publish({ delta: "1", snapshot: () => '{"allBlocks":1}' });
    expect(await new TestClient(`${url}/ws`).received(1)).toEqual([{ allBlocks: 1 }]);
    expect(await event("publisher_failed")).toMatchObject({ topic: "live" });
  });
});
