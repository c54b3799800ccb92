import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs, RegtestNode, spendCoins } from "../src/index.ts";

describe("a real node on regtest", needs("bitcoind"), () => {
  let node: RegtestNode;
  beforeAll(async () => {
    node = await RegtestNode.start({ extraArguments: ["-persistmempool=1"] });
  });
  afterAll(() => node?.remove());

  it("accepts payments of given amounts that spend coins from 12 hours ago", async () => {
    const amounts = Array.from({ length: 50 }, (_, index) => [10_000 + index, 2_000_000]);
    const payments = await node.preparePayments(amounts);
    await node.send(payments);
    expect(await node.mempool()).toEqual(new Set(payments.map(({ txid }) => txid)));
    const decoded = (await node.rpc("getrawtransaction", payments[7]!.txid, true)) as { vout: { value: number }[] };
    expect(decoded.vout.map(({ value }) => Math.round(value * 1e8))).toEqual([10_007, 2_000_000]);
    const best = (await node.rpc("getblockheader", await node.rpc("getbestblockhash"))) as { time: number };
    expect(Math.abs(Date.now() / 1000 - 12 * 3600 - best.time)).toBeLessThan(600);
    const [hash] = await node.mine();
    const block = (await node.rpc("getblock", hash)) as { nTx: number; time: number };
    expect(block.nTx).toBe(51);
    expect(Math.abs(Date.now() / 1000 - block.time)).toBeLessThan(600);
  });

  it("replaces a transaction, chains outputs and reorganizes", async () => {
    const [payment] = await node.preparePayments([[50_000, 60_000]]);
    await node.send([payment!]);
    const replacement = node.replacementOf(payment!);
    await node.send([replacement]);
    expect(await node.mempool()).toEqual(new Set([replacement.txid]));
    const child = spendCoins([replacement.outputs[0]!], [40_000, 8_000]);
    await node.send([child]);
    const height = await node.rpc("getblockcount");
    await node.mine(2);
    expect((await node.mempool()).size).toBe(0);
    await node.reorganize(2);
    expect(await node.mempool()).toEqual(new Set([replacement.txid, child.txid]));
    expect(await node.rpc("getblockcount")).toBe((height as number) + 3);
  });

  it("removes a transaction that a block double-spends", async () => {
    const [payment] = await node.preparePayments([[70_000, 80_000]]);
    await node.send([payment!]);
    const conflict = await node.mineConflict(payment!);
    expect((await node.mempool()).has(payment!.txid)).toBe(false);
    const best = (await node.rpc("getblock", await node.rpc("getbestblockhash"))) as { tx: string[] };
    expect(best.tx).toContain(conflict.txid);
    await node.reorganize(1, "mempool");
  });

  it("keeps its mempool after a restart and its ports after a SIGKILL", async () => {
    await expect(node.preparePayments([[90_000, 91_000]])).rejects.toThrow("blocks can no longer be backdated");
    await node.send(await node.preparePayments([[90_000, 91_000]], { when: "now" }));
    const before = await node.mempool();
    expect(before.size).toBe(1);
    await node.restart();
    while ((await node.mempool()).size < before.size) await new Promise(setImmediate);
    expect(await node.mempool()).toEqual(before);
    const { endpoints, rpcUrl } = node;
    await node.daemon.kill();
    expect(node.daemon.running).toBe(false);
    await expect(node.rpc("getblockcount")).rejects.toThrow();
    await node.daemon.start();
    expect(await node.rpc("getblockcount")).toBeGreaterThan(100);
    expect({ endpoints: node.endpoints, rpcUrl: node.rpcUrl }).toEqual({ endpoints, rpcUrl });
  });
});
