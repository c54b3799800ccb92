import { type AddressInfo, createServer } from "node:net";
import { checkRawTransaction } from "@utxoracle/models";
import { needs } from "@utxoracle/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type FeedMessage, type NodeFeed, streamMempoolTransactions, streamNodeFeed } from "../src/index.ts";
import { EventLog } from "./event-log.ts";
import { bodyOf, Publisher } from "./publisher.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const file = temporaryFolder();

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function publisher(address?: string): Promise<Publisher> {
  const made = await Publisher.bind(address);
  cleanups.push(() => made.close());
  return made;
}

/** An address without listener. (A publisher that is closing may still accept connections.) */
async function freeEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `tcp://127.0.0.1:${port}`;
}

function abortable(): AbortController {
  const controller = new AbortController();
  cleanups.push(() => controller.abort());
  return controller;
}

async function take(feed: NodeFeed, count: number): Promise<FeedMessage[]> {
  const messages: FeedMessage[] = [];
  while (messages.length < count) {
    const { done, value } = await feed.next();
    if (done === true) throw new Error(`the feed ended after ${messages.length} messages`);
    messages.push(value);
  }
  return messages;
}

describe("streamMempoolTransactions", () => {
  it("yields every transaction in order and ends on the signal", async () => {
    const node = await publisher();
    const controller = abortable();
    const stream = streamMempoolTransactions({
      endpoint: node.endpoint,
      signal: controller.signal,
      now: () => 1_700_000_000.5,
    });
    await node.subscribed();
    for (let number = 0; number < 1000; number++) await node.publish("rawtx", bodyOf(number));
    let number = 0;
    for await (const transaction of stream) {
      expect(checkRawTransaction(transaction)).toBe(transaction);
      expect(transaction).toEqual({
        rawBytes: new Uint8Array(bodyOf(number)),
        timestamp: 1_700_000_000.5,
        topic: "rawtx",
      });
      number += 1;
      if (number === 1000) controller.abort();
    }
    expect(number).toBe(1000);
  });

  it("ends at once on an aborted signal, even without messages", async () => {
    const node = await publisher();
    const before = streamMempoolTransactions({ endpoint: node.endpoint, signal: AbortSignal.abort() });
    expect(await before.next()).toEqual({ done: true, value: undefined });
    const controller = abortable();
    const waiting = streamMempoolTransactions({ endpoint: node.endpoint, signal: controller.signal });
    const next = waiting.next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await waiting.next()).toEqual({ done: true, value: undefined });
  });
});

describe("streamNodeFeed", () => {
  it("reads each topic at its address, with one socket for equal addresses", async () => {
    const shared = await publisher();
    const other = await publisher();
    const log = new EventLog();
    const feed = streamNodeFeed({
      endpoints: {
        rawtx: shared.endpoint,
        rawblock: `  ${shared.endpoint.toUpperCase().replace("TCP", "tcp")} `,
        hashblock: other.endpoint,
        sequence: other.endpoint,
      },
      signal: abortable().signal,
      onEvent: log.listen,
      now: () => 5,
    });
    await Promise.all([shared.subscribed(2), other.subscribed(2)]);
    expect(feed.status().endpoints.map((endpoint) => endpoint.topics)).toEqual([
      ["rawtx", "rawblock"],
      ["hashblock", "sequence"],
    ]);
    const hash = Buffer.alloc(32, 0xab);
    const mempoolSequence = Buffer.alloc(8);
    mempoolSequence.writeBigUInt64LE(2n ** 40n + 7n);
    await shared.publish("rawtx", bodyOf(1));
    await shared.publish("rawblock", bodyOf(2, 200));
    expect(await take(feed, 2)).toEqual([
      { topic: "rawtx", rawBytes: new Uint8Array(bodyOf(1)), timestamp: 5, counter: 0 },
      { topic: "rawblock", rawBytes: new Uint8Array(bodyOf(2, 200)), timestamp: 5, counter: 0 },
    ]);
    await other.publish("hashblock", hash);
    await other.publish("sequence", Buffer.concat([hash, Buffer.from("C")]));
    await other.publish("sequence", Buffer.concat([hash, Buffer.from("R"), mempoolSequence]));
    const hex = "ab".repeat(32);
    expect(await take(feed, 3)).toEqual([
      { topic: "hashblock", hash: hex, timestamp: 5, counter: 0 },
      { topic: "sequence", label: "C", hash: hex, mempoolSequence: null, timestamp: 5, counter: 0 },
      { topic: "sequence", label: "R", hash: hex, mempoolSequence: 2 ** 40 + 7, timestamp: 5, counter: 1 },
    ]);
    expect(log.events.map((event) => event.type)).toEqual(["connected", "connected"]);
  });

  it("reports gaps and restarts but no wrap, and ignores invalid messages", async () => {
    const node = await publisher();
    const log = new EventLog();
    let now = 100;
    const feed = streamNodeFeed({
      endpoints: { rawtx: node.endpoint },
      signal: abortable().signal,
      onEvent: log.listen,
      now: () => now++,
    });
    await node.subscribed();
    await node.publish("rawtx", bodyOf(0), 2 ** 32 - 2);
    await node.publish("rawtx", bodyOf(1), 2 ** 32 - 1);
    await node.publish("rawtx", bodyOf(2), 0);
    await node.publish("rawtx", bodyOf(3), 1027);
    await node.publishFrames("rawtx", bodyOf(4));
    await node.publish("rawtx", Buffer.alloc(0), 1028);
    await node.publish("rawtx", bodyOf(5), 1029);
    await node.publish("rawtx", bodyOf(6), 3);
    expect((await take(feed, 6)).map((message) => message.counter)).toEqual([
      2 ** 32 - 2,
      2 ** 32 - 1,
      0,
      1027,
      1029,
      3,
    ]);
    expect(log.of("gap")).toMatchObject([{ topic: "rawtx", missed: 1026, expectedCounter: 1, counter: 1027 }]);
    expect(log.of("node_restarted")).toMatchObject([{ topic: "rawtx", previousCounter: 1029, counter: 3, missed: 3 }]);
    expect(log.of("invalid_frame")).toMatchObject([
      { topic: "rawtx", problem: "2 frames instead of 3 (topic, body, counter)" },
      { topic: "rawtx", problem: "an empty body" },
    ]);
    expect(feed.status()).toMatchObject({
      received: { rawtx: 6 },
      missed: { rawtx: 1026 + 3 },
      invalidFrames: 2,
      dropped: { rawtx: 0 },
      queuedMessages: 0,
      lastMessageTimestamp: now - 1,
    });
  });

  it("connects to a node that starts later or restarts", async () => {
    const endpoint = await freeEndpoint();
    const log = new EventLog();
    const refused = log.next("connect_failed");
    const feed = streamNodeFeed({ endpoints: { rawtx: endpoint }, signal: abortable().signal, onEvent: log.listen });
    expect(await refused).toMatchObject({ problem: "refused", endpoint });
    for (let run = 0; run < 2; run++) {
      const connected = log.next("connected");
      const node = await publisher(endpoint);
      await node.subscribed();
      expect(await connected).toMatchObject({ reconnections: run, endpoint, topics: ["rawtx"] });
      await node.publish("rawtx", bodyOf(run));
      await take(feed, 1);
      const disconnected = log.next("disconnected");
      node.close();
      await disconnected;
      expect(feed.status().endpoints).toMatchObject([{ connected: false }]);
    }
    expect(log.of("connect_failed").length).toBeLessThanOrEqual(3);
  });

  it("drops and reports new messages if the consumer is slow", async () => {
    const node = await publisher();
    const log = new EventLog();
    let now = 10;
    const feed = streamNodeFeed({
      endpoints: { rawtx: node.endpoint },
      signal: abortable().signal,
      onEvent: log.listen,
      now: () => now,
      maxQueuedMessages: 10,
    });
    await node.subscribed();
    const dropping = log.next("slow_consumer");
    for (let number = 0; number < 25; number++) await node.publish("rawtx", bodyOf(number));
    await dropping;
    while (feed.status().received.rawtx < 25) await new Promise(setImmediate);
    expect((await take(feed, 10)).map((message) => message.counter)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    now = 12;
    const recovered = log.next("slow_consumer");
    await node.publish("rawtx", bodyOf(25));
    expect(await recovered).toMatchObject({ phase: "recovered", dropped: { rawtx: 15 } });
    expect((await take(feed, 1)).map((message) => message.counter)).toEqual([25]);
    expect(feed.status()).toMatchObject({ dropped: { rawtx: 15 }, missed: { rawtx: 0 } });
  });

  it("reads a Unix socket given as in bitcoin.conf", needs("Unix sockets"), async () => {
    const path = file("zmq.sock");
    const node = await publisher(`ipc://${path}`);
    const feed = streamNodeFeed({ endpoints: { rawtx: `unix:${path}` }, signal: abortable().signal });
    await node.subscribed();
    await node.publish("rawtx", bodyOf(1));
    expect(await take(feed, 1)).toMatchObject([{ counter: 0 }]);
  });

  // Without IPv6 (many containers), test/endpoint.test.ts still tests parsing.
  it("reads from an IPv6 address", needs("IPv6"), async () => {
    const node = await publisher("tcp://[::1]:*");
    expect(node.endpoint).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
    const feed = streamNodeFeed({ endpoints: { rawtx: node.endpoint }, signal: abortable().signal });
    await node.subscribed();
    await node.publish("rawtx", bodyOf(1));
    expect(await take(feed, 1)).toMatchObject([{ counter: 0 }]);
  });

  it("ends with the error thrown by onEvent", async () => {
    const node = await publisher();
    const feed = streamNodeFeed({
      endpoints: { rawtx: node.endpoint },
      signal: abortable().signal,
      onEvent: () => {
        throw new Error("no room for events");
      },
    });
    await expect(feed.next()).rejects.toThrow("no room for events");
    expect(await feed.next()).toEqual({ done: true, value: undefined });
  });

  it("closes its sockets when the consumer leaves the loop", async () => {
    const node = await publisher();
    const feed = streamNodeFeed({ endpoints: { rawtx: node.endpoint } });
    await node.subscribed();
    await node.publish("rawtx", bodyOf(0));
    for await (const message of feed) {
      expect(message.counter).toBe(0);
      break;
    }
    expect(await feed.next()).toEqual({ done: true, value: undefined });
  });

  it.each([
    ["", "endpoints.rawtx: the address is empty"],
    ["127.0.0.1:28332", 'endpoints.rawtx: "127.0.0.1:28332" has no scheme'],
    ["http://127.0.0.1:28332", "is not a ZMQ address (scheme http)"],
    ["tcp://127.0.0.1", "is not of the form tcp://HOST:PORT"],
    ["tcp://127.0.0.1:", "has no port from 1 to 65535"],
    ["tcp://127.0.0.1:0", "has no port from 1 to 65535"],
    ["tcp://127.0.0.1:65536", "has no port from 1 to 65535"],
    ["tcp://*:28332", "is an address to listen on, not one to connect to"],
    ["tcp://user@host:28332", "is not of the form tcp://HOST:PORT"],
    ["tcp://::1:28332", "is not of the form tcp://HOST:PORT"],
    ["unix:", "has no socket path"],
  ])("rejects the address %j and names the setting", (address, message) => {
    expect(() => streamNodeFeed({ endpoints: { rawtx: address } })).toThrow(message);
    expect(() => streamMempoolTransactions({ endpoint: address })).toThrow(
      /^endpoint: .*expected an address like tcp:/,
    );
  });

  it("rejects invalid options and names them", () => {
    const endpoints = { rawtx: "tcp://127.0.0.1:28332" };
    expect(() => streamNodeFeed({ endpoints: {} })).toThrow(/^endpoints: must have an address/);
    expect(() => streamNodeFeed({ endpoints: { rawtxx: "x" } as never })).toThrow(/^endpoints.rawtxx: unknown topic/);
    expect(() => streamNodeFeed({ endpoints, maxQueuedMessages: 0 })).toThrow(/^maxQueuedMessages: must be a number/);
    expect(() => streamNodeFeed({ endpoints, silence: { afterSeconds: Number.NaN } })).toThrow(/^silence.afterSeconds/);
  });
});
