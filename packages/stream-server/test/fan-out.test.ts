import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { startServer, TestClient } from "./test-server.ts";

const isPong = (message: unknown): boolean => (message as { type?: string }).type === "pong";

describe("a channel", () => {
  it("sends a new client the latest snapshot, then deltas", async () => {
    const { publish, url } = await startServer();
    publish(1);
    const client = new TestClient(`${url}/ws`);
    await client.received(1);
    publish(2);
    publish(3);
    expect(await client.received(3)).toEqual([{ allLive: 1 }, { live: 2 }, { live: 3 }]);
  });

  it("sends the snapshots of all topics in order", async () => {
    const { publish, confirmed, url } = await startServer();
    confirmed.publish({ delta: '{"block":7}', snapshot: () => '{"allBlocks":7}' });
    publish(1);
    const client = new TestClient(`${url}/ws`);
    expect(await client.received(2)).toEqual([{ allLive: 1 }, { allBlocks: 7 }]);
    confirmed.publish({ delta: '{"block":8}', snapshot: () => '{"allBlocks":8}' });
    expect((await client.received(3))[2]).toEqual({ block: 8 });
  });

  it("sends a snapshot first to a client that joined before the first update", async () => {
    const { publish, event, url } = await startServer();
    const client = await new TestClient(`${url}/ws`).opened();
    await event("client_connected");
    publish(1);
    publish(2);
    expect(await client.received(2)).toEqual([{ allLive: 1 }, { live: 2 }]);
  });

  it("creates at most one snapshot between two updates", async () => {
    const { live, url } = await startServer();
    let made = 0;
    const publish = (n: number): void =>
      live.publish({
        delta: JSON.stringify({ live: n }),
        snapshot: () => {
          made += 1;
          return JSON.stringify({ allLive: n });
        },
      });
    publish(1);
    publish(2);
    const clients = await Promise.all(Array.from({ length: 20 }, () => new TestClient(`${url}/ws`).received(1)));
    expect(clients).toEqual(Array.from({ length: 20 }, () => [{ allLive: 2 }]));
    expect(made).toBe(1);
  });

  it("sends text of every length class of the frame header", async () => {
    const { live, url } = await startServer();
    live.publish({ delta: "0", snapshot: () => "0" });
    const client = new TestClient(`${url}/ws`);
    await client.received(1);
    const texts = [0, 121, 122, 123, 124, 65_531, 65_532, 65_533, 70_000].map((length) => `"€${"x".repeat(length)}"`);
    for (const text of texts) live.publish({ delta: text, snapshot: () => "0" });
    expect((await client.received(texts.length + 1)).slice(1)).toEqual(texts.map((text) => JSON.parse(text)));
  });

  it("sends every update in order when updates are faster than broadcasts", async () => {
    // Tiny slices, so that a round over 60 clients takes several turns of the event loop.
    const { publish, event, url, events } = await startServer({ limits: { sliceMs: 1e-6 } });
    publish(0);
    const clients = Array.from({ length: 60 }, () => new TestClient(`${url}/ws`));
    await Promise.all(clients.map((client) => client.received(1)));
    for (let n = 1; n <= 10; n++) publish(n);
    const expected = [{ allLive: 0 }, ...Array.from({ length: 10 }, (_, index) => ({ live: index + 1 }))];
    for (const client of clients) expect(await client.received(11)).toEqual(expected);
    const { clients: served, longestSliceMs, durationMs } = await event("broadcast", (one) => one.clients === 60);
    expect(served).toBe(60);
    expect(longestSliceMs).toBeLessThanOrEqual(durationMs);
    expect(events.filter(({ type }) => type === "updates_dropped")).toEqual([]);
  });

  it("reports a failed snapshot and sends one with the next update", async () => {
    const { live, publish, event, url } = await startServer();
    live.publish({
      delta: "{}",
      snapshot: () => {
        throw new Error("no memory");
      },
    });
    const client = await new TestClient(`${url}/ws`).opened();
    expect(await event("publisher_failed")).toMatchObject({ topic: "live", error: new Error("no memory") });
    publish(2);
    expect(await client.received(1)).toEqual([{ allLive: 2 }]);
  });
});

describe("requests from a client", () => {
  it("get a pong for a ping and a snapshot for a snapshot request", async () => {
    const { publish, url } = await startServer();
    publish(1);
    const client = new TestClient(`${url}/ws`);
    await client.received(1);
    client.send({ type: "ping" });
    await client.received(2);
    client.send({ type: "snapshot" });
    expect(await client.received(3)).toEqual([{ allLive: 1 }, { type: "pong" }, { allLive: 1 }]);
    publish(2);
    expect((await client.received(4))[3]).toEqual({ live: 2 });
  });

  it("get a snapshot even while an update is being sent", async () => {
    const { publish, event, url } = await startServer();
    const client = await new TestClient(`${url}/ws`).opened();
    await event("client_connected");
    client.send({ type: "ping" });
    client.send({ type: "snapshot" });
    // The server has not read the request yet.
    publish(1);
    expect(await client.received(3)).toEqual([{ allLive: 1 }, { type: "pong" }, { allLive: 1 }]);
    publish(2);
    expect((await client.received(4))[3]).toEqual({ live: 2 });
  });

  it("are dropped if they ask for snapshots more than once a second", async () => {
    const clock = new ManualClock();
    const { publish, url } = await startServer({ clock });
    publish(1);
    const client = new TestClient(`${url}/ws`);
    await client.received(1);
    client.send({ type: "snapshot" });
    publish(2);
    client.send({ type: "snapshot" });
    client.send({ type: "ping" });
    // Either the snapshot or the update may arrive first.
    expect((await client.received(4)).at(-1)).toEqual({ type: "pong" });
    publish(3);
    expect((await client.received(5)).at(-1)).toEqual({ live: 3 });
    clock.advance(999);
    client.send({ type: "snapshot" });
    client.send({ type: "ping" });
    expect((await client.received(6)).at(-1)).toEqual({ type: "pong" });
    clock.advance(1);
    client.send({ type: "snapshot" });
    expect((await client.received(7)).at(-1)).toEqual({ allLive: 3 });
  });

  it("do not get topics unchanged since the last request", async () => {
    const clock = new ManualClock();
    const { publish, confirmed, url } = await startServer({ clock });
    publish(1);
    confirmed.publish({ delta: "{}", snapshot: () => '{"allBlocks":7}' });
    const client = new TestClient(`${url}/ws`);
    await client.received(2);
    client.send({ type: "snapshot" });
    // The first request gets the initial snapshot again, which the client may have lost.
    expect((await client.received(4)).slice(2)).toEqual([{ allLive: 1 }, { allBlocks: 7 }]);
    for (let n = 2; n < 5; n++) {
      publish(n);
      await client.received(2 * n + 1);
      clock.advance(1000);
      client.send({ type: "snapshot" });
      expect((await client.received(2 * n + 2)).at(-1)).toEqual({ allLive: n });
    }
    confirmed.publish({ delta: '{"block":8}', snapshot: () => '{"allBlocks":8}' });
    await client.received(11);
    clock.advance(1000);
    client.send({ type: "snapshot" });
    expect((await client.received(12)).at(-1)).toEqual({ allBlocks: 8 });
  });

  it("get a topic with its own interval only that often", async () => {
    const clock = new ManualClock();
    const { publish, server, url } = await startServer({ clock });
    const large = server.channel({ webSocketPath: "/large" });
    const topics = [large.topic("small"), large.topic("large", { snapshotIntervalMs: 60_000 })];
    const change = (n: number): void => {
      for (const [index, topic] of topics.entries())
        topic.publish({ delta: "0", snapshot: () => JSON.stringify({ index, n }) });
    };
    publish(1);
    change(1);
    const client = new TestClient(`${url}/large`);
    await client.received(2);
    for (let second = 1; second < 62; second++) {
      change(second);
      client.send({ type: "snapshot" });
      client.send({ type: "ping" });
      await client.received(client.messages.length + 1);
      while (!isPong(client.messages.at(-1))) await client.received(client.messages.length + 1);
      clock.advance(1000);
    }
    const again = client.messages.slice(2).filter((message) => (message as { index?: number }).index === 1);
    expect(again).toEqual([
      { index: 1, n: 1 },
      { index: 1, n: 61 },
    ]);
  });

  it("are ignored if invalid", async () => {
    const { publish, url, events } = await startServer();
    publish(1);
    const client = new TestClient(`${url}/ws`);
    await client.received(1);
    for (const nonsense of [
      "",
      "{",
      "null",
      "7",
      "[]",
      '{"type":5}',
      '{"type":"buy"}',
      '"snapshot"',
      '{"type":["ping"]}',
    ])
      client.send(nonsense);
    client.socket.send(Buffer.from('{"type":"snapshot"}'), { binary: true });
    client.send({ type: "ping" });
    expect(await client.received(2)).toEqual([{ allLive: 1 }, { type: "pong" }]);
    expect(events.filter(({ type }) => type === "client_closed")).toEqual([]);
  });
});
