import { computeTxid, parseBlock } from "@utxoracle/tx-parser";
import { afterEach, describe, expect, it } from "vitest";
import { Subscriber } from "zeromq";
import { type Simulator, type SimulatorOptions, startSimulator } from "../src/index.ts";

const started: { stop(): Promise<void> }[] = [];
const readers: Reader[] = [];
const START = 1_750_000_000;

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  for (const simulator of started.splice(0)) await simulator.stop();
});

interface Message {
  topic: string;
  body: Buffer;
  counter: number;
}

/** A SUB socket that stores its messages. */
class Reader {
  readonly messages: Message[] = [];
  readonly #socket = new Subscriber();
  #wake: () => void = () => {};

  constructor(endpoints: Iterable<string | undefined>) {
    for (const endpoint of new Set(endpoints)) if (endpoint !== undefined) this.#socket.connect(endpoint);
    this.#socket.subscribe("");
    this.#read().catch((error: unknown) => {
      if (!this.#socket.closed) throw error;
    });
    readers.push(this);
  }

  async #read(): Promise<void> {
    for await (const frames of this.#socket) {
      expect(frames).toHaveLength(3);
      expect(frames[2]).toHaveLength(4);
      this.messages.push({ topic: frames[0]!.toString(), body: frames[1]!, counter: frames[2]!.readUInt32LE() });
      this.#wake();
    }
  }

  of(topic: string): Message[] {
    return this.messages.filter((message) => message.topic === topic);
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#socket.close();
  }
}

/** A simulator with a fixed clock and a subscribed reader, both without earlier messages. */
async function connected(options: SimulatorOptions = {}): Promise<{ simulator: Simulator; reader: Reader }> {
  const simulator = await startSimulator({
    seed: "feed",
    historySeconds: 1200,
    transactionsPerSecond: 5,
    blockIntervalSeconds: Number.POSITIVE_INFINITY,
    now: () => START,
    follow: false,
    sharedEndpoint: true,
    ...options,
  });
  started.push(simulator);
  const reader = new Reader(Object.values(simulator.endpoints));
  await caughtUp(simulator, reader);
  return { simulator, reader };
}

/**
 * Advances until the reader gets a message: a subscription becomes active shortly after connecting.
 */
async function caughtUp(simulator: Simulator, reader: Reader): Promise<void> {
  const before = reader.messages.length;
  while (reader.messages.length === before) {
    await simulator.advanceTo(START + simulator.simulation.time + 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await settled(simulator, reader);
  reader.messages.length = 0;
}

/** Waits until the reader has everything published so far, using a block as a marker. */
async function settled(simulator: Simulator, reader: Reader): Promise<void> {
  const { height } = await mineAndGet(simulator, reader);
  expect(height).toBe(simulator.simulation.tip.height);
}

async function mineAndGet(simulator: Simulator, reader: Reader): Promise<{ height: number }> {
  await simulator.mineBlock();
  const { header, height } = simulator.simulation.tip;
  const arrived = () => {
    const last = reader.messages.at(-1);
    return last?.topic === "rawblock" && last.body.subarray(0, 80).equals(header);
  };
  await reader.until(arrived);
  return { height };
}

const pass = (simulator: Simulator, seconds: number) =>
  simulator.advanceTo(START + simulator.simulation.time + seconds);

describe("the feed over a real ZMQ socket", () => {
  it("publishes each new transaction in three frames without counter gaps", async () => {
    const { simulator, reader } = await connected();
    const before = new Set(simulator.simulation.mempool.txids());
    await pass(simulator, 60);
    const entered = [...simulator.simulation.mempool.txids()].filter((txid) => !before.has(txid));
    await settled(simulator, reader);
    const rawtx = reader.of("rawtx");
    const received = new Set(rawtx.map(({ body }) => computeTxid(body)));
    for (const txid of entered) expect(received).toContain(txid);
    for (const topic of ["rawtx", "sequence", "hashblock", "rawblock"]) {
      const counters = reader.of(topic).map(({ counter }) => counter);
      expect(counters).toEqual(counters.map((_, index) => counters[0]! + index));
    }
  });

  it("publishes a block's transactions again, then C, then the block", async () => {
    const { simulator, reader } = await connected();
    await pass(simulator, 30);
    await reader.until(() => reader.of("sequence").length > 100);
    await settled(simulator, reader);
    const { tip } = simulator.simulation;
    const size = tip.transactions!.length;
    const last = reader.messages.slice(-(size + 3));
    expect(last.map(({ topic }) => topic)).toEqual([...Array(size).fill("rawtx"), "sequence", "hashblock", "rawblock"]);
    const block = parseBlock(last.at(-1)!.body);
    expect(last.slice(0, size).map(({ body }) => computeTxid(body))).toEqual(
      block.transactions.map(({ txid }) => txid),
    );
    expect(last[size]!.body.toString("hex")).toBe(`${block.header.hash}${Buffer.from("C").toString("hex")}`);
    expect(last[size + 1]!.body.toString("hex")).toBe(block.header.hash);
    const repeated = block.transactions.filter(({ txid }) =>
      reader.messages.slice(0, -(size + 3)).some(({ body, topic }) => topic === "rawtx" && computeTxid(body) === txid),
    );
    expect(repeated.length).toBeGreaterThan(50);
  });

  it("publishes additions, replacements and evictions on sequence", async () => {
    const { simulator, reader } = await connected({ replacementShare: 0.2, evictionShare: 0.1 });
    const held = new Set(simulator.simulation.mempool.txids());
    let next = simulator.simulation.mempool.nextSequence;
    await pass(simulator, 60);
    const after = [...simulator.simulation.mempool.txids()].sort();
    const expectedNext = simulator.simulation.mempool.nextSequence;
    await settled(simulator, reader);
    const letters = new Map<string, number>();
    for (const { body } of reader.of("sequence")) {
      const letter = body.toString("latin1", 32, 33);
      letters.set(letter, (letters.get(letter) ?? 0) + 1);
      if (letter === "C") continue;
      expect(body).toHaveLength(41);
      expect(body.readBigUInt64LE(33)).toBe(BigInt(next++));
      const txid = body.toString("hex", 0, 32);
      if (letter === "A") held.add(txid);
      else expect(held.delete(txid)).toBe(true);
    }
    expect(next).toBe(expectedNext);
    expect(letters.get("R")).toBeGreaterThan(20);
    expect([...held].sort()).toEqual(after);
  });

  it("announces a reorganization: D for removed blocks, C for new ones", async () => {
    const { simulator, reader } = await connected({ blockIntervalSeconds: 60 });
    const [older, newer] = simulator.simulation.blocks.slice(-2).map(({ hash }) => hash);
    await simulator.reorganize(2);
    await settled(simulator, reader);
    const story = reader
      .of("sequence")
      .map(({ body }) => [body.toString("latin1", 32, 33), body.toString("hex", 0, 32)])
      .filter(([letter]) => letter === "C" || letter === "D");
    expect(story.slice(0, 2)).toEqual([
      ["D", newer],
      ["D", older],
    ]);
    expect(story.slice(2).map(([letter]) => letter)).toEqual(["C", "C", "C", "C"]);
    expect(story.at(-1)![1]).toBe(simulator.simulation.tip.hash);
  });

  it("uses a free loopback port per topic", async () => {
    const simulator = await startSimulator({
      historySeconds: 0,
      now: () => START,
      follow: false,
      sharedEndpoint: false,
    });
    started.push(simulator);
    const endpoints = Object.values(simulator.endpoints);
    expect(new Set(endpoints).size).toBe(4);
    for (const endpoint of endpoints) expect(endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    // A block is announced on every topic; subscriptions become active at different times.
    const reader = new Reader(endpoints);
    while (new Set(reader.messages.map(({ topic }) => topic)).size < 4) {
      await simulator.mineBlock();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });

  it("publishes only the given topics", async () => {
    const simulator = await startSimulator({
      historySeconds: 0,
      now: () => START,
      follow: false,
      endpoints: { rawtx: "tcp://127.0.0.1:*" },
    });
    started.push(simulator);
    expect(Object.keys(simulator.endpoints)).toEqual(["rawtx"]);
    await simulator.mineBlock();
  });

  it("follows the clock by itself", async () => {
    let now = START;
    const simulator = await startSimulator({ historySeconds: 0, transactionsPerSecond: 50, now: () => now });
    started.push(simulator);
    const reader = new Reader([simulator.endpoints.rawtx]);
    const clock = setInterval(() => (now += 1), 5);
    try {
      await reader.until(() => reader.messages.length > 100);
    } finally {
      clearInterval(clock);
    }
  });
});

describe("faults on request", () => {
  it("loses messages: the counter has a gap", async () => {
    const { simulator, reader } = await connected();
    await pass(simulator, 10);
    await reader.until(() => reader.of("rawtx").length > 10);
    simulator.dropMessages("rawtx", 7);
    await pass(simulator, 10);
    await settled(simulator, reader);
    const counters = reader.of("rawtx").map(({ counter }) => counter);
    const jumps = counters.flatMap((counter, index) => (index === 0 ? [] : [counter - counters[index - 1]!]));
    expect(jumps.filter((jump) => jump !== 1)).toEqual([8]);
  });

  it("is silent for a while with a stopped counter while the mempool changes", async () => {
    const { simulator, reader } = await connected();
    await pass(simulator, 10);
    await settled(simulator, reader);
    const last = reader.of("rawtx").at(-1)!.counter;
    const held = simulator.simulation.mempool.size;
    reader.messages.length = 0;
    simulator.setSilent(true);
    await pass(simulator, 30);
    expect(simulator.simulation.mempool.size).toBeGreaterThan(held);
    simulator.setSilent(false);
    await settled(simulator, reader);
    expect(reader.of("rawtx")[0]!.counter).toBe(last + 1);
    expect(reader.of("rawtx").length).toBe(simulator.simulation.tip.transactions!.length);
  });

  it("restarts on the same addresses and announces the mempool again", async () => {
    const { simulator, reader } = await connected();
    await pass(simulator, 20);
    const endpoints = { ...simulator.endpoints };
    const { rpcUrl } = simulator;
    await simulator.stopNode();
    await pass(simulator, 20);
    reader.messages.length = 0;
    await simulator.startNode();
    expect(simulator.endpoints).toEqual(endpoints);
    expect(simulator.rpcUrl).toBe(rpcUrl);
    await caughtUp(simulator, reader);
    const { nextSequence } = simulator.simulation.mempool;
    await pass(simulator, 5);
    await settled(simulator, reader);
    const first = reader.of("sequence").find(({ body }) => body.length === 41)!;
    expect(first.body.readBigUInt64LE(33)).toBe(BigInt(nextSequence));
    // Lower than before the stop: the counter restarted.
    expect(reader.of("hashblock")[0]!.counter).toBe(1);
  });

  it("wraps a counter at 2^32", async () => {
    const { simulator, reader } = await connected();
    simulator.setCounter("rawtx", 0xfffffffe);
    await pass(simulator, 10);
    await settled(simulator, reader);
    expect(
      reader
        .of("rawtx")
        .slice(0, 4)
        .map(({ counter }) => counter),
    ).toEqual([0xfffffffe, 0xffffffff, 0, 1]);
  });
});
