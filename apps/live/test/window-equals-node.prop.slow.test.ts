import { inSoak } from "@utxoracle/testkit";
import { examineMempoolTransaction } from "@utxoracle/tx-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SyncNode } from "../src/sync/sync-window.ts";
import { SimulatedWorld, START } from "./simulated-world.ts";

const windowSeconds = 600;
/** Each simulates ten minutes or more. */
const [RUNS = 15] = inSoak(100);

/**
 * Ids that the window must hold: the mempool's younger than the window, and what the window's
 * blocks confirmed.
 */
function expectedIds(world: SimulatedWorld): { held: Set<string>; payments: Set<string> } {
  const held = new Set<string>();
  const payments = new Set<string>();
  const oldest = world.now() - windowSeconds;
  const take = (rawBytes: Uint8Array, txid: string): void => {
    held.add(txid);
    // Rule 6 needs the window's ids, so this is a superset of the payments.
    if (examineMempoolTransaction({ rawBytes, timestamp: 0, topic: "rawtx" }).reason === null) payments.add(txid);
  };
  for (const { transaction, enteredAt } of world.simulation.mempool.entries())
    if (Math.floor(START + enteredAt) >= oldest) take(transaction.rawBytes, transaction.txid);
  for (const block of world.simulation.blocks.slice(1))
    if (block.timestamp >= oldest) for (const { rawBytes, txid } of block.transactions ?? []) take(rawBytes, txid);
  return { held, payments };
}

function expectAddsUp(world: SimulatedWorld): void {
  const { totalReceived, totalFiltered, activeTxCount, totalExpired, totalRemoved } = world.window.analyzer.getStats(
    world.now(),
  );
  expect(totalReceived).toBe(totalFiltered + activeTxCount + totalExpired + totalRemoved);
}

describe("the window after a sync", () => {
  it("that was cleared by a clock step is complete again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(200), fc.nat(2), async (seed, seconds, reorgDepth) => {
        const world = new SimulatedWorld({ seed, windowSeconds, transactionsPerSecond: 1 });
        world.advance(500);
        world.sink.reset(30);
        world.advance(seconds);
        if (reorgDepth > 0 && world.simulation.blocks.length > reorgDepth) world.reorganize(reorgDepth);
        await world.sync();
        for (const txid of expectedIds(world).held)
          expect(world.window.analyzer.has(txid), `${txid} is missing`).toBe(true);
        expectAddsUp(world);
      }),
      { numRuns: RUNS },
    );
  });

  it("is in sync with the node after any loss", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(),
          lossy: fc.double({ min: 0, max: 1, noNaN: true }),
          pattern: fc.nat(),
          reorgDepth: fc.integer({ min: 0, max: 2 }),
          quiet: fc.integer({ min: 1, max: 300 }),
        }),
        async ({ seed, lossy, pattern, reorgDepth, quiet }) => {
          const world = new SimulatedWorld({ seed, windowSeconds, transactionsPerSecond: 1 });
          let state = pattern | 1;
          const isLost = (): boolean => {
            state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
            return state / 0x7fffffff < lossy;
          };
          world.advance(quiet, isLost);
          if (reorgDepth > 0 && world.simulation.blocks.length > reorgDepth) world.reorganize(reorgDepth, isLost);
          world.advance(20, isLost);
          await world.sync();
          world.window.analyzer.estimatePrice(world.now());

          const { held, payments } = expectedIds(world);
          for (const txid of held) expect(world.window.analyzer.has(txid), `${txid} is missing`).toBe(true);
          for (const [txid] of world.window.analyzer.unconfirmedTransactions())
            expect(world.simulation.mempool.has(txid), `${txid} is gone from the node`).toBe(true);
          const { activeTxCount } = world.window.analyzer.getStats(world.now());
          expect(activeTxCount).toBeLessThanOrEqual(payments.size);
          expectAddsUp(world);
          expect(world.confirmed.chain.tip?.hash).toBe(world.simulation.tip.hash);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("is unchanged if nothing was lost", async () => {
    const world = new SimulatedWorld({ seed: 7, windowSeconds, transactionsPerSecond: 2 });
    await world.sync();
    world.advance(500);
    const before = world.window.analyzer.getStats(world.now());
    expect(await world.sync()).toMatchObject({ blocks: 0, transactions: 0, removed: 0 });
    expect(world.window.analyzer.getStats(world.now())).toEqual(before);
  });

  it("does not add expired transactions with their block", async () => {
    const world = new SimulatedWorld({ seed: 3, windowSeconds: 10, transactionsPerSecond: 2 });
    await world.sync();
    // Long enough for most of the mempool to be older than ten seconds at its block.
    for (let minute = 0; minute < 10; minute++) {
      world.advance(60);
      world.window.analyzer.estimatePrice(world.now());
      const { totalReceived } = world.window.analyzer.getStats(world.now());
      await world.sync();
      expect(world.window.analyzer.getStats(world.now()).totalReceived).toBe(totalReceived);
      expectAddsUp(world);
    }
    expect(world.window.analyzer.getStats(world.now()).totalExpired).toBeGreaterThan(200);
  });

  it("removes ids of blocks that can no longer be disconnected", async () => {
    const world = new SimulatedWorld({ seed: 3, windowSeconds: 120, transactionsPerSecond: 2 });
    for (let minute = 0; minute < 30; minute++) {
      world.advance(60);
      world.window.analyzer.estimatePrice(world.now());
      await world.sync();
    }
    const { rememberedIds, totalReceived } = world.window.analyzer.getStats(world.now());
    const { mempool, blocks } = world.simulation;
    const recent = blocks.slice(-4).reduce((count, block) => count + block.transactionCount, mempool.size);
    expect(totalReceived).toBeGreaterThan(3000);
    expect(rememberedIds).toBeLessThanOrEqual(recent);
  });

  it("does not add mempool transactions that were too old at the start", async () => {
    const world = new SimulatedWorld({ seed: 5, windowSeconds: 10, transactionsPerSecond: 2 });
    while (world.simulation.mempool.size < 60) world.advance(10, () => true);
    const old = [...world.simulation.mempool.entries()]
      .filter(({ enteredAt }) => enteredAt < world.simulation.time - 15)
      .map(({ transaction }) => transaction.txid);
    expect(old.length).toBeGreaterThan(10);
    await world.sync();
    const { totalReceived } = world.window.analyzer.getStats(world.now());
    const inBlock = new Set<string>();
    world.simulation.mineBlock((event) => {
      if (event.type === "block_connected") for (const { txid } of event.block.transactions ?? []) inBlock.add(txid);
      world.deliver(event, () => false);
    });
    const confirmedOld = old.filter((txid) => inBlock.has(txid));
    expect(confirmedOld.length).toBeGreaterThan(5);
    // Only the coinbase and transactions that were in no mempool are new.
    expect(world.window.analyzer.getStats(world.now()).totalReceived - totalReceived).toBeLessThan(5);
  });

  it.for([0, 1, 2, 8])("loses no block to one that arrives after %i earlier ones were fetched", async (when) => {
    const world = new SimulatedWorld({ seed: 3, windowSeconds, transactionsPerSecond: 1 });
    world.advance(900, () => true);
    const mine = (): void => {
      world.simulation.mineBlock((event) => world.deliver(event, () => false));
      // Transactions of a disconnected block would be removed a second later.
      world.advance(1, () => true);
    };
    let fetched = 0;
    const getBlock = async (hash: string): Promise<Uint8Array> => {
      const bytes = await world.node.getBlock(hash);
      if (++fetched === when) mine();
      return bytes;
    };
    if (when === 0) mine();
    const { removed } = await world.sync(undefined, { ...world.node, getBlock });
    expect(removed).toBe(0);
    expect(world.confirmedTxids().filter((txid) => !world.window.analyzer.has(txid))).toEqual([]);
    expect(world.confirmed.chain.tip?.hash).toBe(world.simulation.tip.hash);
    expect(world.confirmed.chain.blocks.length).toBeGreaterThan(9);
    expect(world.confirmed.chain.reachesBackFrom(world.simulation.tip.hash)).toBe(true);
    expect(await world.sync()).toMatchObject({ blocks: 0, transactions: 0, removed: 0 });
  });

  it("fetches the blocks before those that arrived while RPC failed", async () => {
    const world = new SimulatedWorld({ seed: 3, windowSeconds, transactionsPerSecond: 1 });
    world.advance(500, () => true);
    world.advance(100);
    const deaf = { ...world.node, getBlockchainInfo: () => Promise.reject(new Error("it hangs")) };
    await expect(world.sync(undefined, deaf)).rejects.toThrow("it hangs");
    expect(world.confirmed.chain.blocks.length).toBeLessThan(4);
    await world.sync();
    expect(world.confirmedTxids().filter((txid) => !world.window.analyzer.has(txid))).toEqual([]);
    expect(world.confirmed.chain.blocks.map(({ hash }) => hash)).toEqual(
      world.simulation.blocks.map(({ hash }) => hash),
    );
    expectAddsUp(world);
  });

  it("requests no pruned blocks", async () => {
    const world = new SimulatedWorld({ seed: 3, windowSeconds, transactionsPerSecond: 1 });
    world.advance(500, () => true);
    const pruneHeight = world.simulation.tip.height - 3;
    const asked: number[] = [];
    const pruned: SyncNode = {
      ...world.node,
      getBlockchainInfo: async () => ({ ...(await world.node.getBlockchainInfo()), pruned: true, pruneHeight }),
      getBlock: async (hash) => {
        asked.push((await world.node.getBlockHeader(hash)).height);
        return world.node.getBlock(hash);
      },
    };
    await world.sync(undefined, pruned);
    expect(asked).toEqual([pruneHeight, pruneHeight + 1, pruneHeight + 2, pruneHeight + 3]);
    await world.sync(undefined, pruned);
    expect(asked).toHaveLength(4);
  });

  it("does not add transactions that the feed removed meanwhile", async () => {
    const world = new SimulatedWorld({ seed: 11, windowSeconds, transactionsPerSecond: 1 });
    world.advance(40, () => true);
    const [first] = world.simulation.mempool.txids();
    await world.sync((txid) => txid === first);
    expect(first).toBeDefined();
    expect(world.window.analyzer.has(first as string)).toBe(false);
  });
});
