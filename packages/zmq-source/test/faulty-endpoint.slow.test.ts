import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { Push } from "zeromq";
import { type NodeFeed, type NodeFeedOptions, streamNodeFeed } from "../src/index.ts";
import { EventLog } from "./event-log.ts";
import { bodyOf, Publisher } from "./publisher.ts";

/** Starts a TCP server on a free or the given loopback port. @returns its ZMQ address */
async function listen(server: Server, port = 0): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function follow(endpoint: string, options: Partial<NodeFeedOptions> = {}): { feed: NodeFeed; log: EventLog } {
  const log = new EventLog();
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const feed = streamNodeFeed({
    endpoints: { rawtx: endpoint },
    signal: controller.signal,
    onEvent: log.listen,
    ...options,
  });
  return { feed, log };
}

describe("an address without a publisher", () => {
  it.each([
    ["accepts and stays silent", "silent", () => createServer()],
    ["is a web server, like the RPC port", "not_zmq", () => createHttpServer((_, response) => response.end("hello"))],
    ["closes at once, like an unused container port", "not_zmq", () => createServer((socket) => socket.end())],
    ["echoes its input", "not_zmq", () => createServer((socket) => socket.pipe(socket))],
  ] as const)("that %s is reported once and retried with a delay", async (_, problem, make) => {
    const server = make() as Server;
    let attempts = 0;
    let thrice = (): void => {};
    const threeAttempts = new Promise<void>((resolve) => {
      thrice = resolve;
    });
    server.on("connection", () => {
      attempts += 1;
      if (attempts === 3) thrice();
    });
    const begin = performance.now();
    const endpoint = await listen(server);
    const { feed, log } = follow(endpoint);
    await Promise.all([threeAttempts, log.next("connect_failed")]);
    expect(performance.now() - begin).toBeGreaterThan(500);
    expect(log.events.map(({ type }) => type)).toEqual(["connect_failed"]);
    expect(log.of("connect_failed")).toMatchObject([
      { problem, endpoint, topics: ["rawtx"], message: expect.stringContaining(endpoint) },
    ]);
    expect(feed.status().endpoints).toMatchObject([{ connected: false, problem }]);
  });

  it("reports another kind of ZeroMQ socket as not_zmq", async () => {
    const push = new Push({ linger: 0 });
    onTestFinished(() => push.close());
    await push.bind("tcp://127.0.0.1:*");
    const { log } = follow(push.lastEndpoint!);
    expect(await log.next("connect_failed")).toMatchObject({ problem: "not_zmq" });
  });

  it("reports an unknown host name and a missing socket file as unresolved", async () => {
    expect(await follow("tcp://no-such-host.invalid:28332").log.next("connect_failed")).toMatchObject({
      problem: "unresolved",
    });
    expect(await follow("unix:/no/such/socket").log.next("connect_failed")).toMatchObject({ problem: "refused" });
  });

  it("connects as soon as a publisher replaces another server", async () => {
    const wrong = createServer((socket) => socket.pipe(socket));
    const endpoint = await listen(wrong);
    const { feed, log } = follow(endpoint);
    await log.next("connect_failed");
    const connected = log.next("connected");
    await new Promise((resolve) => wrong.close(resolve));
    const node = await Publisher.bind(endpoint);
    onTestFinished(() => node.close());
    await node.subscribed();
    expect(await connected).toMatchObject({ reconnections: 0 });
    await node.publish("rawtx", bodyOf(1));
    expect((await feed.next()).value).toMatchObject({ counter: 0 });
  });
});

describe("an established connection", () => {
  it("reports an oversized message as a gap and reads on", async () => {
    const node = await Publisher.bind();
    onTestFinished(() => node.close());
    const { feed, log } = follow(node.endpoint, { maxMessageBytes: 1000 });
    await node.subscribed();
    await node.publish("rawtx", bodyOf(0));
    expect((await feed.next()).value).toMatchObject({ counter: 0 });
    const disconnected = log.next("disconnected");
    await node.publish("rawtx", bodyOf(1, 2000));
    await disconnected;
    await node.subscribed();
    await node.publish("rawtx", bodyOf(2));
    expect((await feed.next()).value).toMatchObject({ counter: 2 });
    expect(log.of("gap")).toMatchObject([{ missed: 1, counter: 2 }]);
    expect(log.of("connected").map(({ reconnections }) => reconnections)).toEqual([0, 1]);
  });

  it("is reopened when it is dead, even if another one is active", async () => {
    const node = await Publisher.bind();
    const blocks = await Publisher.bind();
    onTestFinished(() => node.close());
    onTestFinished(() => blocks.close());
    const answers = ["tip 1", "tip 2"];
    let seconds = 1000;
    const { feed, log } = follow(node.endpoint, {
      endpoints: { rawtx: node.endpoint, rawblock: blocks.endpoint },
      silence: { afterSeconds: 60, everySeconds: 15, probe: async () => answers.shift() ?? "tip 2" },
      now: () => seconds,
      async sleep(milliseconds, signal) {
        // The clock advances only while connected.
        do await new Promise(setImmediate);
        while (!signal.aborted && (log.of("connected").length < 2 || feed.status().received.rawblock === 0));
        signal.throwIfAborted();
        seconds += milliseconds / 1000;
      },
    });
    await blocks.subscribed();
    await blocks.publish("rawblock", bodyOf(0, 100));
    const dead = await log.next("silence");
    expect(dead).toMatchObject({ verdict: "feed_dead", endpoints: [node.endpoint] });
    expect(dead.silentSeconds).toBeGreaterThan(60);
    while (log.of("connected").length < 3) await log.next("connected");
    expect(log.of("disconnected")).toMatchObject([{ topics: ["rawtx"] }]);
    const ended = log.next("silence_ended");
    await node.subscribed(2);
    await node.publish("rawtx", bodyOf(1));
    await ended;
    expect((await feed.next()).value).toMatchObject({ topic: "rawblock" });
    expect((await feed.next()).value).toMatchObject({ topic: "rawtx", counter: 0 });
  });
});
