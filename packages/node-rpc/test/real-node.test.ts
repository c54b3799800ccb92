import { createHmac } from "node:crypto";
import { needs, RegtestNode } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createNodeRpc, type NodeRpc, type NodeRpcEvent } from "../src/index.ts";

describe("a real node", needs("bitcoind"), () => {
  let node: RegtestNode;
  let rpc: NodeRpc;
  const events: NodeRpcEvent[] = [];
  beforeAll(async () => {
    node = await RegtestNode.start({ highWaterMark: 4321 });
    rpc = createNodeRpc({
      url: node.rpcUrl,
      auth: { cookiePath: node.cookiePath },
      onEvent: (event) => events.push(event),
    });
  });
  afterAll(async () => {
    rpc?.close();
    await node?.remove();
  });

  it("returns its chain, version, topics and uptime", async () => {
    const chain = await rpc.getBlockchainInfo();
    expect(chain).toMatchObject({ chain: "regtest", blocks: 101, headers: 101, pruned: false, pruneHeight: null });
    expect((await rpc.getNetworkInfo()).version).toBeGreaterThanOrEqual(250_000);
    expect(await rpc.getZmqNotifications()).toContainEqual({
      type: "pubrawtx",
      address: node.endpoints.rawtx,
      highWaterMark: 4321,
    });
    expect(await rpc.getUptime()).toBeGreaterThanOrEqual(0);
    const hash = await rpc.getBlockHash(101);
    expect(hash).toBe(chain.bestBlockHash);
    const header = await rpc.getBlockHeader(hash);
    expect(header).toMatchObject({ hash, height: 101, confirmations: 1, transactionCount: 1 });
    expect(header.previousBlockHash).toBe(await rpc.getBlockHash(100));
    expect((await rpc.getBlockHeader(await rpc.getBlockHash(0))).previousBlockHash).toBeNull();
    const block = await rpc.getBlock(hash);
    expect(Buffer.from(block).toString("hex")).toBe(await node.rpc("getblock", hash, 0));
    await expect(rpc.getBlockHash(5000)).rejects.toMatchObject({ code: "rpc_error", rpcCode: -8 });
    await expect(rpc.call("nosuchcall")).rejects.toMatchObject({ code: "rpc_error", rpcCode: -32601 });
  });

  it("returns its mempool: txids, entries with parents and fees, transactions", async () => {
    const quiet = await rpc.getActivity();
    expect(await rpc.getActivity()).toBe(quiet);
    const payments = await node.preparePayments(Array.from({ length: 230 }, (_, index) => [20_000 + index, 30_000]));
    const beforeSequence = (await rpc.getRawMempoolSequence()).mempoolSequence;
    await node.send(payments);
    expect(await rpc.getActivity()).not.toBe(quiet);
    const ids = new Set(payments.map(({ txid }) => txid));
    expect(new Set(await rpc.getRawMempool())).toEqual(ids);
    const snapshot = await rpc.getRawMempoolSequence();
    expect(new Set(snapshot.txids)).toEqual(ids);
    expect(snapshot.mempoolSequence).toBe(beforeSequence + payments.length);
    const entries = [];
    for await (const entry of rpc.getMempoolEntries()) entries.push(entry);
    expect(new Set(entries.map(({ txid }) => txid))).toEqual(ids);
    const [payment] = payments;
    const entry = entries.find(({ txid }) => txid === payment!.txid);
    expect(entry).toMatchObject({ feeSats: payment!.feeSats, depends: [], ancestorCount: 1 });
    expect(Math.abs(entry!.time - Date.now() / 1000)).toBeLessThan(60);
    const fetched = [];
    for await (const { txid, rawBytes } of rpc.getRawTransactions([...ids, "ab".repeat(32)]))
      fetched.push([txid, rawBytes === null ? null : Buffer.from(rawBytes).toString("hex")]);
    expect(fetched).toEqual([...payments.map(({ txid, hex }) => [txid, hex]), ["ab".repeat(32), null]]);
  });

  it("is reached after a restart with its new cookie", async () => {
    await node.daemon.stop();
    await expect(rpc.getUptime()).rejects.toMatchObject({ code: expect.stringMatching(/unreachable|cookie_missing/) });
    await node.daemon.start();
    expect((await rpc.getBlockchainInfo()).chain).toBe("regtest");
    await node.restart();
    expect((await rpc.getBlockchainInfo()).chain).toBe("regtest");
    // The node rejected the cached cookie after its restart, so the file was read again.
    expect(events.filter(({ type }) => type === "cookie_reread").length).toBeLessThanOrEqual(1);
  });

  it("rejects a wrong password and a method outside the whitelist", async () => {
    const stranger = createNodeRpc({ url: node.rpcUrl, auth: { user: "me", password: "wrong" } });
    await expect(stranger.getUptime()).rejects.toMatchObject({ code: "unauthorized", httpStatus: 401 });
    stranger.close();
    const salt = "00112233445566778899aabbccddeeff";
    const hash = createHmac("sha256", salt).update("right").digest("hex");
    const strict = await RegtestNode.start({
      extraArguments: [`-rpcauth=me:${salt}$${hash}`, "-rpcwhitelist=me:uptime", "-rpcwhitelistdefault=0"],
    });
    onTestFinished(() => strict.remove());
    const limited = createNodeRpc({ url: strict.rpcUrl, auth: { user: "me", password: "right" } });
    expect(await limited.getUptime()).toBeGreaterThanOrEqual(0);
    await expect(limited.getMempoolInfo()).rejects.toMatchObject({ code: "forbidden", method: "getmempoolinfo" });
    limited.close();
  });
});
