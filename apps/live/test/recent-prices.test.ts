import { type BlocksNode, RpcBlocks } from "@utxoracle/block-source";
import { NodeRpcError } from "@utxoracle/node-rpc";
import { computeTxid, parseBlockHeader, serializeBlock, serializeTransaction } from "@utxoracle/tx-parser";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { NodeChain } from "../src/chain/node-chain.ts";
import { ConfirmedHistory } from "../src/confirmed/confirmed-history.ts";
import { EstimateThreadError } from "../src/confirmed/estimate-thread.ts";
import type { PriceRecord } from "../src/confirmed/price-record.ts";
import { RecentPrices, type RecentPricesOptions } from "../src/confirmed/recent-prices.ts";
import { startRecentPrices } from "../src/confirmed/start-recent-prices.ts";
import { createLogger } from "../src/logging/create-logger.ts";

const START = 1_700_000_000;

function rawBlock(previousBlockHash: string, height: number, branch: number): Uint8Array {
  const scriptSig = Uint8Array.of(3, height & 255, (height >> 8) & 255, height >> 16, branch);
  const coinbase = {
    version: 2,
    inputs: [{ txid: "00".repeat(32), vout: 0xffffffff, scriptSig, sequence: 0, witness: [] }],
    outputs: [{ valueSats: 5_000_000_000, script: Uint8Array.of(0x51) }],
    lockTime: 0,
  };
  const merkleRoot = computeTxid(serializeTransaction(coinbase));
  const time = START + 600 * height;
  const header = { version: 0x20000000, previousBlockHash, merkleRoot, time, bits: 0x207fffff, nonce: branch };
  return serializeBlock({ header, transactions: [coinbase] });
}

const hashes = new WeakMap<Uint8Array, string>();
function hashOf(block: Uint8Array): string {
  const hash = hashes.get(block) ?? parseBlockHeader(block).hash;
  hashes.set(block, hash);
  return hash;
}

/** A node whose chain a test takes blocks from and puts others on. */
class ChangingNode implements BlocksNode {
  chain = "main";
  initialBlockDownload = false;
  /** So many questions for a block's id fail. */
  failures = 0;
  blocksRead = 0;
  blocks: Uint8Array[] = [];

  /** Up to this height, of this branch from the present tip on. */
  grow(height: number, branch = 0): void {
    while (this.blocks.length <= height) {
      const below = this.blocks.at(-1);
      this.blocks.push(rawBlock(below === undefined ? "00".repeat(32) : hashOf(below), this.blocks.length, branch));
    }
  }

  cutTo(height: number): void {
    this.blocks = this.blocks.slice(0, height + 1);
  }

  hashAt(height: number): string {
    return hashOf(this.blocks[height] as Uint8Array);
  }

  async getBlockchainInfo() {
    const blocks = this.blocks.length - 1;
    const { chain, initialBlockDownload } = this;
    const pruning = { pruned: false, pruneHeight: null };
    const bestBlockHash = this.hashAt(blocks);
    return { chain, blocks, headers: blocks, bestBlockHash, initialBlockDownload, verificationProgress: 1, ...pruning };
  }

  async getBlockHash(height: number): Promise<string> {
    if (this.failures-- > 0) throw new NodeRpcError("unreachable", "getblockhash", "the connection was lost");
    return this.hashAt(height);
  }

  async getBlockHeader(hash: string) {
    const height = this.#heightOf(hash);
    const { time, previousBlockHash } = parseBlockHeader(this.blocks[height] as Uint8Array);
    return { hash, height, time, confirmations: 1, previousBlockHash, transactionCount: 1 };
  }

  async getBlock(hash: string): Promise<Uint8Array> {
    this.blocksRead++;
    return this.blocks[this.#heightOf(hash)] as Uint8Array;
  }

  #heightOf(hash: string): number {
    return this.blocks.findIndex((block) => hashOf(block) === hash);
  }
}

const PRICE = { price: 60_000, interval: null, confidence: 0.9, status: "ok", windowPrice: null } as const;

const removed = new WeakMap<readonly PriceRecord[], readonly number[]>();

/** A follower of a node, whose history keeps what a file would. */
function follow(node: ChangingNode, kept: PriceRecord[] = [], options: Partial<RecentPricesOptions> = {}) {
  const history = new ConfirmedHistory();
  const log: { code?: string; msg: string }[] = [];
  const stream = { write: (line: string) => void log.push(JSON.parse(line)) };
  const nodeChain = new NodeChain(null);
  const prices = new RecentPrices({
    openSource: async () => new RpcBlocks(node),
    onChain: async () =>
      history.restore([...kept], {
        save: (record) => void kept.push(record),
        remove: (record) => {
          kept.splice(kept.indexOf(record), 1);
          removed.set(kept, [...forgotten(kept), record.kind === "block" ? record.height : -1]);
        },
      }),
    history,
    panelHours: 3,
    panelEngine: "posterior",
    estimate: async () => PRICE,
    log: createLogger({ format: "json", level: "info", stream: stream as never }),
    ...options,
  });
  const heights = (): number[] => history.blocks.map(({ height }) => height);
  const once = async (): Promise<boolean> => {
    const info = await node.getBlockchainInfo();
    return nodeChain.check(info) === null && (await prices.update(info, new AbortController().signal));
  };
  return { history, once, kept, log, heights, prices, nodeChain };
}

/** Heights of the blocks whose prices were removed; -1 for a longer window. */
const forgotten = (kept: readonly PriceRecord[]): readonly number[] => removed.get(kept) ?? [];

/** A chain of 400 blocks, and the prices that were kept of it. */
async function keptPrices(chain = "main") {
  const node = new ChangingNode();
  node.chain = chain;
  node.grow(400);
  const { once, kept, heights } = follow(node);
  expect(await once()).toBe(true);
  expect(heights().at(-1)).toBe(400);
  expect(heights().length).toBeGreaterThan(300);
  return { node, kept, heights: heights() };
}

describe("saved prices stay", () => {
  it("when the node starts its first download, and after it", async () => {
    const { node, kept, heights } = await keptPrices();
    const whole = node.blocks;
    node.cutTo(0);
    node.initialBlockDownload = true;
    const service = follow(node, kept);
    expect(await service.once()).toBe(false);
    node.blocks = whole;
    node.initialBlockDownload = false;
    expect(await service.once()).toBe(true);
    expect(forgotten(kept)).toEqual([]);
    expect(service.heights()).toEqual(heights);
  });

  it("when the node downloads its chain again", async () => {
    const { node, kept, heights } = await keptPrices();
    const service = follow(node, kept);
    expect(await service.once()).toBe(true);
    node.cutTo(0);
    node.initialBlockDownload = true;
    expect(await service.once()).toBe(false);
    expect(forgotten(kept)).toEqual([]);
    expect(service.heights()).toEqual(heights);
  });

  it.each([0, 250])("when the node's chain ends at block %i without reporting missing blocks", async (tip) => {
    // A regtest chain may be of any age.
    const { node, kept, heights } = await keptPrices("regtest");
    const whole = node.blocks;
    const running = follow(node, kept);
    expect(await running.once()).toBe(true);
    node.cutTo(tip);
    node.initialBlockDownload = true;
    const started = follow(node, kept);
    for (const service of [running, started]) {
      expect(await service.once()).toBe(true);
      expect(service.heights()).toEqual(expect.arrayContaining(heights));
    }
    node.blocks = whole;
    for (const service of [running, started]) {
      expect(await service.once()).toBe(true);
      expect(service.heights()).toEqual(expect.arrayContaining(heights));
    }
    expect(forgotten(kept)).toEqual([]);
  });
});

describe("prices of replaced blocks are removed", () => {
  it.each([
    ["while it was away", true],
    ["while it is followed", false],
  ])("%s", async (_, isAway) => {
    const { node, kept } = await keptPrices();
    const running = follow(node, kept);
    await running.once();
    node.cutTo(389);
    node.grow(401, 1);
    const service = isAway ? follow(node, kept) : running;
    expect(await service.once()).toBe(true);
    for (const { height, hash } of service.history.blocks) expect(hash).toBe(node.hashAt(height));
    expect(service.heights().at(-1)).toBe(401);
  });

  it.each([
    ["after a start", true],
    ["while it is followed", false],
  ])("%s, also if the node's tip is below them at first", async (_, isAway) => {
    const { node, kept } = await keptPrices();
    const running = follow(node, kept);
    await running.once();
    node.cutTo(389);
    const service = isAway ? follow(node, kept) : running;
    expect(await service.once()).toBe(true);
    expect(service.history.lastBlocks).toMatchObject({ lastHeight: 389 });
    expect(service.heights().at(-1)).toBe(400);
    node.grow(390, 1);
    expect(await service.once()).toBe(true);
    expect(service.heights().at(-1)).toBe(390);
    expect(service.history.has(390, node.hashAt(390))).toBe(true);
  });

  it("at the next attempt after a failure of the node", async () => {
    const { node, kept } = await keptPrices();
    node.cutTo(389);
    node.grow(401, 1);
    node.failures = 1;
    const service = follow(node, kept);
    expect(await service.once()).toBe(false);
    expect(await service.once()).toBe(true);
    const blocks = forgotten(kept).filter((height) => height >= 0);
    expect(blocks).toEqual(Array.from({ length: 11 }, (_, index) => 400 - index));
  });
});

it("uses up to four arrived blocks, and reads only the others", async () => {
  const node = new ChangingNode();
  node.grow(200);
  const { prices, nodeChain, heights } = follow(node);
  const stop = new AbortController();
  const end = prices.follow(nodeChain, stop.signal);
  const reach = async (height: number): Promise<number> => {
    const before = node.blocksRead;
    nodeChain.publish({ type: "tipReached", tip: await node.getBlockchainInfo() });
    while (heights().at(-1) !== height) await new Promise(setImmediate);
    return node.blocksRead - before;
  };
  const grow = (height: number): void => {
    const first = node.blocks.length;
    node.grow(height);
    for (const rawBytes of node.blocks.slice(first)) nodeChain.publish({ type: "blockConnected", rawBytes });
  };
  expect(await reach(200)).toBeGreaterThan(150);
  grow(201);
  expect(await reach(201)).toBe(0);
  grow(211);
  expect(await reach(211)).toBe(6);
  // A block on another branch does not continue the chain.
  node.cutTo(209);
  node.grow(212, 1);
  nodeChain.publish({ type: "blockConnected", rawBytes: node.blocks[212] as Uint8Array });
  expect(await reach(212)).toBe(3);
  stop.abort();
  await end;
});

it("computes failed prices at the next attempt, without a new block", async () => {
  const node = new ChangingNode();
  node.grow(200);
  let failures = 1;
  const service = follow(node, [], {
    estimate: async () => {
      if (failures-- > 0) throw new EstimateThreadError("the thread ended");
      return PRICE;
    },
  });
  expect(await service.once()).toBe(false);
  expect(await service.once()).toBe(true);
  expect(service.heights().at(-1)).toBe(200);
});

it("throws an unexpected error instead of treating it as an outage", async () => {
  const node = new ChangingNode();
  node.grow(200);
  const service = follow(node, [], { estimate: () => Promise.reject(new TypeError("a defect")) });
  await expect(service.once()).rejects.toThrow("a defect");
});

it("ignores a node that restarts on another chain, until it is back", async () => {
  const { node, kept, heights } = await keptPrices("regtest");
  const service = follow(node, kept);
  await service.once();
  const [whole, records] = [node.blocks, kept.length];
  node.chain = "signet";
  node.cutTo(380);
  node.grow(405, 1);
  expect(await service.once()).toBe(false);
  expect(await service.once()).toBe(false);
  expect(kept.length).toBe(records);
  expect(service.heights()).toEqual(heights);
  node.chain = "regtest";
  node.blocks = whole;
  node.grow(401);
  expect(await service.once()).toBe(true);
  expect(service.heights()).toEqual([...heights, 401]);
});

it.each([
  ["main", "ok"],
  ["regtest", "low_confidence"],
  ["Main", "low_confidence"],
])("the prices of the last days on chain %s are %s", async (chain, status) => {
  const node = new ChangingNode();
  node.chain = chain;
  node.grow(400);
  const { history, nodeChain } = follow(node);
  const stop = new AbortController();
  const { ended } = startRecentPrices(
    {
      ...{ node, nodeChain, history, restUrl: null, openData: async () => undefined, panelHours: 3 },
      ...{ panelEngine: "posterior", log: pino({ level: "silent" }) },
      thread: { estimate: async () => PRICE, end: async () => undefined },
    },
    stop.signal,
  );
  nodeChain.publish({ type: "tipReached", tip: await node.getBlockchainInfo() });
  while (history.lastBlocks === null) await new Promise(setImmediate);
  expect([history.lastDay?.status, history.lastBlocks.status]).toEqual([status, status]);
  stop.abort();
  await ended;
});
