import { type BlockchainInfo, NodeRpcError, type ZmqNotification } from "@utxoracle/node-rpc";
import { describe, expect, it } from "vitest";
import { type CheckedNode, nodeFindings, unfitness } from "../src/feed/node-checks.ts";

const synced: BlockchainInfo = {
  chain: "main",
  blocks: 900_000,
  headers: 900_001,
  bestBlockHash: "00".repeat(32),
  initialBlockDownload: false,
  verificationProgress: 0.99999,
  pruned: false,
  pruneHeight: null,
};

describe("a node of which nothing counts", () => {
  it("is on another chain than the one asked for", () => {
    expect(unfitness(synced, null)).toBeNull();
    expect(unfitness(synced, "main")).toBeNull();
    expect(unfitness({ ...synced, chain: "test" }, "main")).toMatchObject({ code: "wrong_chain" });
    const strayed = unfitness({ ...synced, chain: "signet" }, null, "main");
    expect(strayed).toMatchObject({ code: "wrong_chain", message: expect.stringMatching(/signet.*main/) });
    expect(unfitness(synced, null, "main")).toBeNull();
  });

  it("lacks blocks, for the first time or after a pause; a fresh chain that lacks none is no such node", () => {
    const first = { ...synced, blocks: 250_000, initialBlockDownload: true, verificationProgress: 0.1234 };
    expect(unfitness(first, null)).toMatchObject({ code: "node_syncing" });
    expect(unfitness(first, null)?.message).toContain("650001 blocks");
    expect(unfitness({ ...synced, blocks: 899_970 }, null)).toMatchObject({ code: "node_syncing" });
    const fresh = { ...synced, headers: 0, blocks: 0, initialBlockDownload: true };
    expect(unfitness({ ...fresh, chain: "regtest" }, null)).toBeNull();
    // Of the main chain it has not even the headers yet.
    expect(unfitness(fresh, null)).toMatchObject({ code: "node_syncing" });
  });
});

describe("what is amiss with a node that serves", () => {
  const node = (version: number, published: ZmqNotification[] | NodeRpcError): CheckedNode => ({
    getNetworkInfo: async () => ({ version, subversion: "/Satoshi:24.1.0/" }),
    getZmqNotifications: async () => {
      if (published instanceof NodeRpcError) throw published;
      return published;
    },
  });
  const publishes = (topic: string): ZmqNotification => ({
    type: `pub${topic}`,
    address: "tcp://127.0.0.1:28332",
    highWaterMark: 1000,
  });
  const endpoints = { rawtx: "tcp://127.0.0.1:28332", sequence: "tcp://127.0.0.1:28334" };
  const codes = async (checked: CheckedNode): Promise<string[]> =>
    (await nodeFindings(checked, endpoints, new AbortController().signal)).map(({ code }) => code);

  it("is told with the lines for its bitcoin.conf", async () => {
    expect(await codes(node(250_000, [publishes("rawtx"), publishes("sequence")]))).toEqual([]);
    expect(await codes(node(240_100, [publishes("rawtx"), publishes("sequence")]))).toEqual(["node_too_old"]);
    expect(await codes(node(290_000, [publishes("sequence")]))).toEqual(["topic_rawtx_unpublished"]);
    const [finding] = await nodeFindings(node(290_000, [publishes("rawtx")]), endpoints, new AbortController().signal);
    expect(finding?.message).toContain("zmqpubsequence=tcp://127.0.0.1:28334, zmqpubsequencehwm=0");
  });

  it("is left open where the node does not let us ask", async () => {
    const refusal = new NodeRpcError("forbidden", "getzmqnotifications", "not allowed");
    expect(await codes(node(290_000, refusal))).toEqual([]);
  });
});
