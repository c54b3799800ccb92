import { inSoak, needs, RegtestNode } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { type FeedMessage, type NodeFeed, type NodeFeedOptions, streamNodeFeed } from "../src/index.ts";
import { EventLog } from "./event-log.ts";

type SequenceMessage = Extract<FeedMessage, { topic: "sequence" }>;

/** Reads a feed in the background and lets a test wait for a condition. */
class Reader {
  readonly messages: FeedMessage[] = [];
  readonly log = new EventLog();
  readonly feed: NodeFeed;
  #waiting: (() => void)[] = [];

  constructor(endpoints: NodeFeedOptions["endpoints"]) {
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    this.feed = streamNodeFeed({ endpoints, signal: controller.signal, onEvent: this.log.listen });
    void this.#read();
  }

  async #read(): Promise<void> {
    for await (const message of this.feed) {
      this.messages.push(message);
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition())
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
  }

  async connected(): Promise<void> {
    const count = this.feed.status().endpoints.length;
    while (this.feed.status().endpoints.filter((endpoint) => endpoint.connected).length < count)
      await this.log.next("connected");
  }

  of<T extends FeedMessage["topic"]>(topic: T): Extract<FeedMessage, { topic: T }>[] {
    return this.messages.filter((message): message is Extract<FeedMessage, { topic: T }> => message.topic === topic);
  }

  sequence(label: SequenceMessage["label"]): string[] {
    return this.of("sequence").flatMap((message) => (message.label === label ? [message.hash] : []));
  }
}

async function regtest(options: Parameters<typeof RegtestNode.start>[0] = {}): Promise<RegtestNode> {
  const node = await RegtestNode.start(options);
  onTestFinished(() => node.remove());
  return node;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Mines blocks until one arrives: a subscription becomes active shortly after the handshake. */
async function oneMore(node: RegtestNode, reader: Reader): Promise<void> {
  const seen = reader.messages.length;
  while (reader.messages.length === seen) {
    await node.mine(1, "empty");
    await Promise.race([reader.until(() => reader.messages.length > seen), new Promise((go) => setTimeout(go, 100))]);
  }
}

/** Resolves when all subscriptions are active. */
async function listening(node: RegtestNode, reader: Reader): Promise<void> {
  await reader.connected();
  const topics = reader.feed.status().endpoints.flatMap((endpoint) => endpoint.topics);
  while (topics.some((topic) => reader.feed.status().received[topic] === 0)) await oneMore(node, reader);
}

describe("the feed of a real node", needs("bitcoind"), () => {
  it("yields transactions, blocks, replacements, double spends and reorganizations", async () => {
    const node = await regtest();
    const reader = new Reader(node.endpoints);
    const [spentTwice, ...payments] = await node.preparePayments([
      [70_000, 80_000],
      [30_000, 40_000],
      [50_000, 60_000],
    ]);
    await listening(node, reader);
    const before = (await node.rpc("getrawmempool", false, true)) as { mempool_sequence: number };
    await node.send(payments);
    const replacement = node.replacementOf(payments[1]!);
    await node.send([replacement]);
    await reader.until(() => reader.sequence("A").includes(replacement.txid));
    expect(reader.sequence("R")).toEqual([payments[1]!.txid]);
    for (const { hex: sent } of [...payments, replacement])
      await reader.until(() => reader.of("rawtx").some((message) => hex(message.rawBytes) === sent));

    // The snapshot's number is that of the next change.
    const after = (await node.rpc("getrawmempool", false, true)) as { mempool_sequence: number };
    const numbers = reader
      .of("sequence")
      .flatMap(({ mempoolSequence }) => (mempoolSequence === null ? [] : [mempoolSequence]))
      .filter((number) => number >= before.mempool_sequence);
    expect(numbers).toEqual([0, 1, 2, 3].map((step) => before.mempool_sequence + step));
    expect(after.mempool_sequence).toBe(before.mempool_sequence + 4);

    const [hash] = await node.mine();
    const block = await node.rpc("getblock", hash, 0);
    await reader.until(() => reader.sequence("C").includes(hash!));
    await reader.until(() => reader.of("hashblock").some((message) => message.hash === hash));
    await reader.until(() => reader.of("rawblock").some((message) => hex(message.rawBytes) === block));
    const repeats = (txHex: string): number => reader.of("rawtx").filter((m) => hex(m.rawBytes) === txHex).length;
    await reader.until(() => repeats(replacement.hex) === 2);
    await node.reorganize(1);
    await reader.until(() => reader.sequence("D").includes(hash!) && repeats(replacement.hex) >= 3);

    await node.send([spentTwice!]);
    const conflict = await node.mineConflict(spentTwice!);
    await reader.until(() => reader.sequence("R").includes(spentTwice!.txid));
    expect(reader.sequence("R")).not.toContain(conflict.txid);
    expect(reader.feed.status()).toMatchObject({ missed: { rawtx: 0, sequence: 0 }, invalidFrames: 0 });
  });

  it("reconnects after a stop and a SIGKILL and reports each restart", async () => {
    const node = await regtest({ topics: ["rawtx"] });
    const reader = new Reader(node.endpoints);
    await listening(node, reader);
    for (const stop of [() => node.daemon.stop(), () => node.daemon.kill()]) {
      // A restart is detected by a falling counter, so it must have advanced before.
      const published = reader.messages.length + 20;
      await node.mine(20, "empty");
      await reader.until(() => reader.messages.length >= published);
      const disconnected = reader.log.next("disconnected");
      await stop();
      await disconnected;
      expect(reader.feed.status().endpoints).toMatchObject([{ connected: false }]);
      const restarted = reader.log.next("node_restarted");
      await node.daemon.start();
      await reader.connected();
      await oneMore(node, reader);
      expect(await restarted).toMatchObject({ topic: "rawtx", endpoint: node.endpoints.rawtx });
    }
    expect(reader.log.of("connected").at(-1)?.reconnections).toBe(2);
  });

  it.each([["the default high-water mark", undefined], ...inSoak<[string, number]>(["no high-water mark", 0])])(
    "accounts for every message of a 1,200-transaction block with %s",
    async (_, highWaterMark) => {
      const node = await regtest({ topics: ["rawtx", "sequence"], highWaterMark });
      const payments = await node.preparePayments(Array.from({ length: 1200 }, (_, index) => [20_000 + index, 21_000]));
      const reader = new Reader({ rawtx: node.endpoints.rawtx, sequence: node.endpoints.sequence });
      await listening(node, reader);
      await node.send(payments);
      const [hash] = await node.mine();
      await reader.until(() => reader.sequence("C").includes(hash!));
      // One more block, whose coinbase arrives after the losses of the full one.
      const [last] = await node.mine(1, "empty");
      await reader.until(() => reader.sequence("C").includes(last!));
      const coinbase = ((await node.rpc("getblock", last, 2)) as { tx: { hex: string }[] }).tx[0]!.hex;
      await reader.until(() => reader.of("rawtx").some((message) => hex(message.rawBytes) === coinbase));
      const { received, missed } = reader.feed.status();
      const counters = reader.of("rawtx").map((message) => message.counter);
      expect(received.rawtx + missed.rawtx).toBe(counters.at(-1)! - counters[0]! + 1);
      expect(missed.rawtx).toBe(
        reader.log.of("gap").reduce((sum, gap) => sum + (gap.topic === "rawtx" ? gap.missed : 0), 0),
      );
      expect(received.rawtx + missed.rawtx).toBeGreaterThanOrEqual(2401);
      if (highWaterMark === 0) expect(missed.rawtx).toBe(0);
    },
  );
});
