import { describe, expect, it, onTestFinished } from "vitest";
import type { Topic } from "../src/index.ts";
import { startServer, TestClient } from "./test-server.ts";

/** Publishes `{seq}`, snapshot `{all: seq}`. */
function publish(topic: Topic, epoch: string, seq: number): void {
  topic.publish({
    ...{ delta: JSON.stringify({ seq }), snapshot: () => JSON.stringify({ all: seq }) },
    position: { epoch, seq },
  });
}

/** The merged update names all numbers that it covers. */
const merge = (deltas: readonly Uint8Array[]): string =>
  JSON.stringify({ merged: deltas.map((delta) => (JSON.parse(Buffer.from(delta).toString()) as { seq: number }).seq) });

async function resumed(url: string, query: string, count: number): Promise<unknown[]> {
  const client = await new TestClient(`${url}/ws${query}`).opened();
  return client.received(count);
}

describe("a WebSocket client that names its position", () => {
  it("gets the updates it missed, and a snapshot of other topics", async () => {
    const { url, live, confirmed } = await startServer();
    for (let seq = 1; seq <= 5; seq++) publish(live, "a", seq);
    confirmed.publish({ delta: "0", snapshot: () => '"confirmed"' });
    expect(await resumed(url, "?epoch=a&seq=3", 3)).toEqual([{ seq: 4 }, { seq: 5 }, "confirmed"]);
    expect(await resumed(url, "?epoch=a&seq=5", 1)).toEqual(["confirmed"]);
  });

  it.each(["?epoch=b&seq=3", "?epoch=a&seq=99", "?epoch=a", "?seq=3", "?epoch=a&seq=-1", "?epoch=%00&seq=3", ""])(
    "gets the snapshot for the unknown position %s",
    async (query) => {
      const { url, live } = await startServer();
      for (let seq = 1; seq <= 5; seq++) publish(live, "a", seq);
      expect(await resumed(url, query, 1)).toEqual([{ all: 5 }]);
    },
  );

  it("gets the snapshot for a number that was published twice", async () => {
    const { url, live } = await startServer();
    for (const seq of [1, 2, 3, 4]) publish(live, "a", seq);
    // The numbers 3 and 4 were wrong, e.g. forged.
    for (const seq of [3, 4, 5]) publish(live, "a", seq);
    for (const seq of [3, 4]) expect(await resumed(url, `?epoch=a&seq=${seq}`, 1)).toEqual([{ all: 5 }]);
    expect(await resumed(url, "?epoch=a&seq=2", 5)).toEqual([3, 4, 3, 4, 5].map((seq) => ({ seq })));
    publish(live, "a", 6);
    expect(await resumed(url, "?epoch=a&seq=5", 1)).toEqual([{ seq: 6 }]);
    publish(live, "b", 4);
    publish(live, "b", 5);
    expect(await resumed(url, "?epoch=b&seq=4", 1)).toEqual([{ seq: 5 }]);
  });

  it("gets one merged update", async () => {
    const { server, url } = await startServer();
    const topic = server.channel({ webSocketPath: "/merged" }).topic("merged", { merge });
    for (let seq = 1; seq <= 5; seq++) publish(topic, "a", seq);
    const client = await new TestClient(`${url}/merged?epoch=a&seq=2`).opened();
    await client.received(1);
    publish(topic, "a", 6);
    expect(await client.received(2)).toEqual([{ merged: [3, 4, 5] }, { seq: 6 }]);
  });
});

describe("a client of a server that had no updates", () => {
  /** Publishes the update 9 at a server that missed those before. */
  const repaired = (topic: Topic, from: number): void =>
    topic.publish({
      ...{ delta: '{"all":9}', snapshot: () => '{"all":9}', position: { epoch: "a", seq: 9 } },
      deltas: Array.from({ length: 10 - from }, (_, index) => JSON.stringify({ seq: from + index })),
    });

  it("gets what it missed when the server has its first update", async () => {
    const { url, live } = await startServer();
    const [resumes, asks, is] = await Promise.all(
      ["?epoch=a&seq=7", "?epoch=a&seq=7", "?epoch=a&seq=4"].map((query) =>
        new TestClient(`${url}/ws${query}`).opened(),
      ),
    );
    asks?.send('{"type":"snapshot"}');
    asks?.send('{"type":"ping"}');
    await asks?.received(1);
    repaired(live, 6);
    publish(live, "a", 10);
    expect(await resumes?.received(3)).toEqual([8, 9, 10].map((seq) => ({ seq })));
    expect(await asks?.received(3)).toEqual([{ type: "pong" }, { all: 9 }, { seq: 10 }]);
    expect(await is?.received(2)).toEqual([{ all: 9 }, { seq: 10 }]);
  });

  it("gets what it missed after a sequence of the server's own", async () => {
    const { url, live } = await startServer();
    for (let seq = 1; seq <= 5; seq++) publish(live, "a", seq);
    publish(live, "own", 0);
    repaired(live, 6);
    expect(await resumed(url, "?epoch=a&seq=4", 5)).toEqual([5, 6, 7, 8, 9].map((seq) => ({ seq })));
    expect(await resumed(url, "?epoch=own&seq=0", 1)).toEqual([{ all: 9 }]);
  });

  it("gets the snapshot if updates between are missing", async () => {
    const { url, live } = await startServer();
    for (let seq = 1; seq <= 5; seq++) publish(live, "a", seq);
    repaired(live, 7);
    expect(await resumed(url, "?epoch=a&seq=5", 1)).toEqual([{ all: 9 }]);
    expect(await resumed(url, "?epoch=a&seq=8", 1)).toEqual([{ seq: 9 }]);
  });
});

describe("a Server-Sent Events client", () => {
  async function events(url: string, headers: Record<string, string>): Promise<string> {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const { body } = await fetch(`${url}/sse`, { headers, signal: abort.signal });
    const { value } = (await body?.getReader().read()) ?? {};
    return new TextDecoder().decode(value);
  }

  it("gets ids, and by Last-Event-ID what it missed", async () => {
    const { url, live } = await startServer();
    for (let seq = 1; seq <= 3; seq++) publish(live, "a", seq);
    expect(await events(url, {})).toBe('id: a:3\ndata: {"all":3}\n\n');
    expect(await events(url, { "Last-Event-ID": "a:2" })).toBe('id: a:3\ndata: {"seq":3}\n\n');
    expect(await events(url, { "Last-Event-ID": "b:2" })).toBe('id: a:3\ndata: {"all":3}\n\n');
  });
});
