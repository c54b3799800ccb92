import { type BlockchainInfo, NodeRpcError, type ZmqNotification } from "@utxoracle/node-rpc";
import { describe, expect, it } from "vitest";
import { rejectionReason } from "../src/chain/node-chain.ts";
import { type CheckedNode, nodeFindings } from "../src/sync/node-checks.ts";

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

describe("a rejected node", () => {
  it("is on another chain than --chain", () => {
    expect(rejectionReason(synced, null)).toBeNull();
    expect(rejectionReason(synced, "main")).toBeNull();
    expect(rejectionReason({ ...synced, chain: "test" }, "main")).toMatchObject({ code: "wrong_chain" });
    const strayed = rejectionReason({ ...synced, chain: "signet" }, null, "main");
    expect(strayed).toMatchObject({ code: "wrong_chain", message: expect.stringMatching(/signet.*main/) });
    expect(rejectionReason(synced, null, "main")).toBeNull();
  });

  it("is syncing, for the first time or again, but not on a new complete chain", () => {
    const first = { ...synced, blocks: 250_000, initialBlockDownload: true, verificationProgress: 0.1234 };
    expect(rejectionReason(first, null)).toMatchObject({ code: "node_syncing" });
    expect(rejectionReason(first, null)?.message).toContain("650001 blocks");
    expect(rejectionReason({ ...synced, blocks: 899_970 }, null)).toMatchObject({ code: "node_syncing" });
    const fresh = { ...synced, headers: 0, blocks: 0, initialBlockDownload: true };
    expect(rejectionReason({ ...fresh, chain: "regtest" }, null)).toBeNull();
    // It has not downloaded the headers yet.
    expect(rejectionReason(fresh, null)).toMatchObject({ code: "node_syncing" });
  });
});

describe("problems of a reachable node", () => {
  const hearing = { networkActive: true, localRelay: true, connections: 8 };
  const node = (version: number, published: ZmqNotification[] | NodeRpcError, network = hearing): CheckedNode => ({
    getNetworkInfo: async () => ({ version, subversion: "/Satoshi:24.1.0/", ...network }),
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
  const findings = (checked: CheckedNode, chain = "main", wanted: Parameters<typeof nodeFindings>[1] = endpoints) =>
    nodeFindings(checked, wanted, chain, new AbortController().signal);
  const codes = async (...asked: Parameters<typeof findings>): Promise<string[]> =>
    (await findings(...asked)).map(({ code }) => code);

  it("include the lines for its bitcoin.conf", async () => {
    expect(await codes(node(250_000, [publishes("rawtx"), publishes("sequence")]))).toEqual([]);
    expect(await codes(node(240_100, [publishes("rawtx"), publishes("sequence")]))).toEqual(["node_too_old"]);
    expect(await codes(node(290_000, [publishes("sequence")]))).toEqual(["topic_rawtx_unpublished"]);
    const [finding] = await findings(node(290_000, [publishes("rawtx")]));
    expect(finding?.message).toContain("zmqpubsequence=tcp://127.0.0.1:28334, zmqpubsequencehwm=0");
  });

  it("include addresses to bind to, not those to connect to", async () => {
    const sockets = { rawtx: "ipc:///run/z.sock", sequence: "tcp://node:28334" };
    const messages = (await findings(node(290_000, []), "main", sockets)).map(({ message }) => message).join();
    expect(messages).toContain("zmqpubrawtx=unix:/run/z.sock");
    expect(messages).toContain("zmqpubsequence=tcp://0.0.0.0:28334");
    const [old] = await findings(node(270_000, []), "main", sockets);
    expect(old?.message).toContain("zmqpubrawtx=ipc:///run/z.sock");
  });

  it.each([
    [{ localRelay: false }, "main", ["node_blocks_only"], "blocksonly"],
    [{ localRelay: false, connections: 0 }, "regtest", ["node_blocks_only"], "blocksonly"],
    [{ networkActive: false, connections: 0 }, "main", ["node_network_off"], "setnetworkactive true"],
    [{ networkActive: false, connections: 0 }, "regtest", ["node_network_off"], "networkactive"],
    [{ connections: 0 }, "main", ["node_no_peers"], "maxconnections"],
    [{ connections: 0 }, "signet", ["node_no_peers"], "onlynet"],
    [{ connections: 0 }, "regtest", [], ""],
    [{ connections: 1 }, "main", [], ""],
  ])("include the setting to change if it receives no payments: %j on %s", async (...row) => {
    const [changes, chain, expected, setting] = row;
    const deaf = node(290_000, [publishes("rawtx"), publishes("sequence")], { ...hearing, ...changes });
    expect(await codes(deaf, chain)).toEqual(expected);
    expect((await findings(deaf, chain))[0]?.message ?? "").toContain(setting);
  });

  it("are unknown if the node forbids the calls", async () => {
    const refusal = new NodeRpcError("forbidden", "getzmqnotifications", "not allowed");
    expect(await codes(node(290_000, refusal))).toEqual([]);
  });
});
