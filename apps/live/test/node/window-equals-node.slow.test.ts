import { type CoinTransaction, inSoak, needs, RegtestNode, spendCoins } from "@utxoracle/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../e2e/service-process.ts";
import { NodeHarness } from "./node-harness.ts";

/** Blocks between the events of the first test. */
const [BLOCKS = 2] = inSoak(10);

const running: NodeHarness[] = [];
let node: RegtestNode;

afterEach(async () => {
  await Promise.all(running.splice(0).map((harness) => harness.stop()));
  await node?.remove();
});

/** @param passed seconds by which the harness's clocks are ahead of the machine's */
function harnessAt(windowSeconds?: number, passed?: () => number): NodeHarness {
  const harness = new NodeHarness(node, windowSeconds, node.endpoints, passed);
  running.push(harness);
  harness.start();
  return harness;
}

/** Number of outputs in a mixed mempool: one in five has one output, one in five has three. */
function mixedAmounts(count: number): number[][] {
  return Array.from({ length: count }, (_, index) => {
    const amount = 20_000 + 37 * index;
    if (index % 5 === 3) return [2 * amount];
    if (index % 5 === 4) return [amount, amount + 1, amount + 2];
    return [amount, 2 * amount];
  });
}

describe("the window, at a real node", needs("bitcoind"), () => {
  it("is in sync with the node after every kind of event", async () => {
    // The smallest mempool that the node offers, so that it evicts; no marks, so that what differs
    // is not a known gap.
    node = await RegtestNode.start({ highWaterMark: 0, extraArguments: ["-maxmempool=5"] });
    const mixed = await node.preparePayments(mixedAmounts(200 * BLOCKS + 2));
    const [spentTwice, other] = mixed.slice(-2) as [CoinTransaction, CoinTransaction];
    const bulky = await node.prepareBulky(60);
    // Flush the set-up, because SIGKILL loses unflushed data.
    await node.restart();
    const harness = harnessAt();
    await harness.expectEqual("the start");
    const gone: CoinTransaction[] = [];
    const expectGone = (what: string): void => {
      for (const { txid } of gone)
        expect(harness.window.analyzer.has(txid), `${what}: ${txid} has left the node`).toBe(false);
    };

    for (let block = 0; block < BLOCKS; block++) {
      const part = mixed.slice(200 * block, 200 * (block + 1));
      await node.send(part);
      const children = part
        .slice(10, 20)
        .map((parent) => spendCoins([parent.outputs[0]!], [parent.outputs[0]!.valueSats - 400]));
      await node.send(children);
      await harness.expectEqual(`the mempool before block ${block}`);
      const replaced = [part[0]!, part[1]!];
      await node.send(replaced.map((transaction) => node.replacementOf(transaction)));
      gone.push(...replaced);
      await harness.expectEqual(`replacements before block ${block}`);
      expectGone("replaced");
      await node.mine();
      await harness.expectEqual(`block ${block}`);
    }

    await node.send([spentTwice, other]);
    await harness.expectEqual("two payments");
    await node.mineConflict(spentTwice);
    gone.push(spentTwice);
    await harness.expectEqual("the block that spends one of them otherwise");
    expectGone("spent by a block");

    await node.reorganize(3);
    await harness.expectEqual("a reorganization of three blocks");
    expectGone("after the reorganization");
    // The transactions of the blocks are in the mempool again.
    expect((await node.mempool()).size).toBeGreaterThan(300);

    await node.send(bulky);
    const kept = await node.mempool();
    expect(bulky.filter(({ txid }) => !kept.has(txid)).length).toBeGreaterThan(5);
    await harness.expectEqual("evictions");

    await node.restart();
    await harness.expectEqual("a restart with a saved mempool");
    await node.mine();
    await harness.expectEqual("the block after the restart");

    await node.daemon.kill();
    await node.daemon.start();
    await harness.expectEqual("a SIGKILL");
    await node.mine();
    await harness.expectEqual("the block after the SIGKILL");
    expect(harness.window.analyzer.getStats(harness.feed.now()).totalReceived).toBeGreaterThanOrEqual(218 * BLOCKS);
  });

  it("does not count transactions of a saved mempool, or of an old block, as new", async () => {
    node = await RegtestNode.start({ highWaterMark: 0 });
    const payments = await node.preparePayments(mixedAmounts(200));
    await node.send(payments.slice(0, 100));
    await node.mine();
    await node.send(payments.slice(100));
    const sentBefore = Date.now() / 1000;
    await node.daemon.stop();
    // Block and mempool are older than the window when it starts; node times are whole seconds.
    await eventually(
      "age",
      () => Date.now() / 1000 - sentBefore,
      (ageSeconds) => ageSeconds > 2,
    );
    const harness = harnessAt(1);
    await node.daemon.start();
    await harness.expectIdle("the start of both");
    const waiting = [...(await node.mempool())];
    expect(waiting).toHaveLength(100);
    expect(waiting.filter((txid) => !harness.window.analyzer.has(txid))).toEqual([]);
    expect(harness.window.analyzer.getStats(harness.feed.now()).totalReceived).toBe(0);
    await node.reorganize(1);
    await harness.expectIdle("the reorganization");
    expect((await node.mempool()).size).toBe(200);
    // Coinbases of the two new blocks.
    expect(harness.window.analyzer.getStats(harness.feed.now()).totalReceived).toBe(2);
    await node.mine();
    await harness.expectIdle("the block of what is old");
    expect(harness.window.analyzer.getStats(harness.feed.now()).totalReceived).toBe(3);
  });

  it("adds no expired transaction again after blocks, restarts and reorganizations", async () => {
    node = await RegtestNode.start({ highWaterMark: 0 });
    const payments = await node.preparePayments(mixedAmounts(100));
    let passed = 0;
    const harness = harnessAt(600, () => passed);
    await harness.expectEqual("the start");
    await node.send(payments);
    await harness.expectEqual("young payments");
    const { totalReceived, activeTxCount } = harness.window.analyzer.getStats(harness.feed.now());
    expect(activeTxCount).toBe(60);
    const expired = () => harness.window.analyzer.getStats(harness.feed.now());
    const pass = async (seconds: number): Promise<void> => {
      passed += seconds;
      await node.rpc("setmocktime", Math.ceil(harness.feed.now()));
    };
    await pass(700);
    expect(expired()).toMatchObject({ activeTxCount: 0, totalExpired: 60 });

    await node.restart();
    await pass(0);
    await harness.expectIdle("the restart");
    expect(expired()).toMatchObject({ totalReceived, activeTxCount: 0, totalExpired: 60 });

    await node.mine();
    await harness.expectIdle("the block of what expired");
    // Only its coinbase is new.
    expect(expired()).toMatchObject({ totalReceived: totalReceived + 1, activeTxCount: 0, totalExpired: 60 });
    expect(harness.confirmed.chain.tip?.payments.transactionCount).toBe(101);

    await node.mine();
    await harness.expectIdle("a block on it");
    // Reorganization: the payments are confirmed by other blocks, then return to the mempool.
    let { totalReceived: received } = expired();
    for (const [depth, contents, newCoinbases] of [
      [2, "mempool", 1],
      [3, "empty", 2],
    ] as const) {
      // A block of the same second would be that of the branch before.
      await pass(1);
      await node.reorganize(depth, contents);
      await harness.expectIdle(`a reorganization of ${depth} blocks`);
      // Equal height and fees would give the same coinbase transaction.
      received += newCoinbases;
      expect(expired()).toMatchObject({ totalReceived: received, activeTxCount: 0, totalExpired: 60 });
    }
    expect((await node.mempool()).size).toBe(100);
  });

  it("gets blocks over RPC without rawblock", async () => {
    node = await RegtestNode.start({ topics: ["rawtx"] });
    const [payment, other] = await node.preparePayments([
      [50_000, 70_000],
      [60_000, 80_000],
    ]);
    const { rawtx } = node.endpoints;
    // As with the default flags: nothing listens at the rawblock address.
    const harness = new NodeHarness(node, undefined, { rawtx, rawblock: "tcp://127.0.0.1:1" });
    running.push(harness);
    harness.start();
    await harness.expectEqual("the start");
    await node.send([payment!, other!]);
    await node.send([node.replacementOf(other!)]);
    await node.mine();
    await harness.expectEqual("the block");
    expect(harness.window.analyzer.has(other!.txid)).toBe(false);
    expect(harness.feed.state().notices.map(({ code }) => code)).toEqual(["topic_rawblock_unpublished", "no_sequence"]);
  });
});
