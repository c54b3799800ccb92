import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseBlock, parseTransaction } from "@utxoracle/tx-parser";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../src/index.ts";

const START = 1_750_000_000;
const OPTIONS: SimulatorOptions = {
  seed: "rpc",
  historySeconds: 3600,
  transactionsPerSecond: 2,
  blockIntervalSeconds: 300,
  now: () => START,
  follow: false,
};

interface Answer {
  result?: unknown;
  error?: { code: number; message: string } | null;
  id: unknown;
  jsonrpc?: string;
}

async function post(simulator: Simulator, body: unknown, credentials?: string): Promise<Response> {
  const given = credentials ?? `${simulator.rpcUser}:${simulator.rpcPassword}`;
  return fetch(simulator.rpcUrl, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(given).toString("base64")}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("the JSON-RPC", () => {
  let simulator: Simulator;
  // biome-ignore lint/suspicious/noExplicitAny: the answers' shapes are what is tested
  const call = async (method: string, ...params: unknown[]): Promise<any> => {
    const answer = (await (await post(simulator, { method, params, id: 1 })).json()) as Answer;
    expect(answer.error).toBeNull();
    return answer.result;
  };
  const failure = async (method: string, ...params: unknown[]) => {
    const response = await post(simulator, { method, params, id: 1 });
    const { error } = (await response.json()) as Answer;
    return { status: response.status, code: error?.code };
  };

  beforeAll(async () => {
    simulator = await startSimulator(OPTIONS);
  });
  afterAll(() => simulator.stop());

  it("listens on loopback and requires the password", async () => {
    expect(simulator.rpcUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const refused = await post(simulator, { method: "uptime", params: [], id: 1 }, "simulator:wrong");
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain("Basic");
    expect((await fetch(simulator.rpcUrl, { method: "POST", body: "{}" })).status).toBe(401);
  });

  it("reports chain, version and ZMQ topics", async () => {
    const chain = await call("getblockchaininfo");
    const { tip } = simulator.simulation;
    expect(chain).toMatchObject({ chain: "main", blocks: tip.height, bestblockhash: tip.hash, pruned: true });
    expect(chain.initialblockdownload).toBe(false);
    expect(chain.warnings.join()).toMatch(/simulation/);
    expect(await call("getnetworkinfo")).toMatchObject({
      version: 290000,
      subversion: expect.stringContaining("simul"),
    });
    const topics = await call("getzmqnotifications");
    expect(topics).toEqual(
      Object.entries(simulator.endpoints).map(([topic, address]) => ({ type: `pub${topic}`, address, hwm: 100_000 })),
    );
  });

  it("returns the mempool: txids, entries and sequence number", async () => {
    const { mempool } = simulator.simulation;
    const txids = await call("getrawmempool");
    expect(txids).toEqual([...mempool.txids()]);
    expect(await call("getrawmempool", false, true)).toEqual({ txids, mempool_sequence: mempool.nextSequence });
    const entries = await call("getrawmempool", true);
    expect(Object.keys(entries)).toEqual(txids);
    for (const entry of Object.values<{ time: number; vsize: number; fees: { base: number } }>(entries)) {
      expect(Number.isInteger(entry.time)).toBe(true);
      expect(entry.time).toBeGreaterThanOrEqual(START - 3600);
      expect(entry.time).toBeLessThanOrEqual(START);
      expect(entry.fees.base).toBeGreaterThan(0);
    }
    expect(await call("getmempoolentry", txids[0])).toEqual(entries[txids[0]]);
    const info = await call("getmempoolinfo");
    const vsize = Object.values<{ vsize: number }>(entries).reduce((sum, entry) => sum + entry.vsize, 0);
    expect(info).toMatchObject({ loaded: true, size: txids.length, bytes: vsize });
    expect(await failure("getrawmempool", true, true)).toEqual({ status: 500, code: -8 });
  });

  it("returns mempool transactions in a batch and rejects others", async () => {
    const txids: string[] = await call("getrawmempool");
    const confirmed = simulator.simulation.tip.transactions![1]!.txid;
    const batch = [...txids, confirmed].map((txid, id) => ({ method: "getrawtransaction", params: [txid], id }));
    const response = await post(simulator, batch);
    expect(response.status).toBe(200);
    const answers = (await response.json()) as Answer[];
    expect(answers.map(({ id }) => id)).toEqual(batch.map(({ id }) => id));
    for (const [index, txid] of txids.entries()) {
      expect(parseTransaction(Buffer.from(String(answers[index]!.result), "hex")).txid).toBe(txid);
    }
    expect(answers.at(-1)!.error!.code).toBe(-5);
    expect(await call("getrawtransaction", txids[0], 1)).toMatchObject({ txid: txids[0], hex: answers[0]!.result });
    expect(await failure("getrawtransaction", "abc")).toEqual({ status: 500, code: -8 });
  });

  it("returns blocks by height and hash, back to the start of the history", async () => {
    let hash = await call("getbestblockhash");
    const { pruneheight } = await call("getblockchaininfo");
    let blocks = 0;
    for (let height = await call("getblockcount"); height >= pruneheight; height--) {
      expect(await call("getblockhash", height)).toBe(hash);
      const header = await call("getblockheader", hash);
      const block = parseBlock(Buffer.from(await call("getblock", hash, 0), "hex"));
      expect(header).toMatchObject({ hash, height, time: block.header.time, nTx: block.transactions.length });
      expect((await call("getblock", hash, 1)).tx).toEqual(block.transactions.map(({ txid }) => txid));
      expect((await call("getblockheader", hash, false)).length).toBe(160);
      hash = header.previousblockhash;
      blocks++;
    }
    expect(blocks).toBe(simulator.simulation.blocks.length);
    expect(hash).toBeUndefined();
    expect(await failure("getblock", "11".repeat(32), 0)).toEqual({ status: 500, code: -5 });
    expect(await failure("getblockhash", pruneheight - 1)).toEqual({ status: 500, code: -8 });
  });

  it("returns Bitcoin Core's errors for invalid calls", async () => {
    expect(await failure("nosuchcall")).toEqual({ status: 404, code: -32601 });
    expect((await post(simulator, "no json")).status).toBe(500);
    expect(await failure("getblockhash", "900001")).toEqual({ status: 500, code: -3 });
    const second = await post(simulator, { jsonrpc: "2.0", method: "nosuchcall", params: [], id: "x" });
    expect(second.status).toBe(200);
    expect(await second.json()).toEqual({
      jsonrpc: "2.0",
      error: { code: -32601, message: "Method not found" },
      id: "x",
    });
    expect((await fetch(simulator.rpcUrl)).status).toBe(405);
  });
});

describe("simulated faults of the JSON-RPC", () => {
  const started: Simulator[] = [];
  const directory = mkdtempSync(join(tmpdir(), "simulator-"));
  afterEach(async () => {
    for (const simulator of started.splice(0)) await simulator.stop();
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  async function start(options: SimulatorOptions = {}): Promise<Simulator> {
    const simulator = await startSimulator({ ...OPTIONS, historySeconds: 60, ...options });
    started.push(simulator);
    return simulator;
  }

  it("forbids, warms up and hangs", async () => {
    const simulator = await start();
    const uptime = { method: "uptime", params: [], id: 1 };
    simulator.rpcBehavior.forbids = true;
    expect((await post(simulator, uptime)).status).toBe(403);
    simulator.rpcBehavior.forbids = false;
    simulator.rpcBehavior.warmsUp = true;
    const loading = await post(simulator, uptime);
    expect(loading.status).toBe(500);
    expect(((await loading.json()) as Answer).error!.code).toBe(-28);
    simulator.rpcBehavior.warmsUp = false;
    expect((await post(simulator, uptime)).status).toBe(200);
    expect(simulator.rpcCalls.get("uptime")).toBe(1);
    simulator.rpcBehavior.hangs = true;
    const unanswered = expect(post(simulator, uptime)).rejects.toThrow();
    await simulator.stop();
    await unanswered;
  });

  it("writes a cookie with a new password at every start and deletes it", async () => {
    const cookieFile = join(directory, ".cookie");
    const simulator = await start({ cookieFile });
    const first = readFileSync(cookieFile, "utf8");
    expect(first).toMatch(/^__cookie__:[0-9a-f]{64}$/);
    expect((await post(simulator, { method: "uptime", params: [], id: 1 }, first)).status).toBe(200);
    await simulator.restart();
    const second = readFileSync(cookieFile, "utf8");
    expect(second).not.toBe(first);
    expect((await post(simulator, { method: "uptime", params: [], id: 1 }, first)).status).toBe(401);
    expect((await post(simulator, { method: "uptime", params: [], id: 1 }, second)).status).toBe(200);
    await simulator.stop();
    expect(existsSync(cookieFile)).toBe(false);
  });

  it("reports another chain and version", async () => {
    const simulator = await start({ chain: "signet", nodeVersion: 240100 });
    const answers = await post(simulator, [
      { method: "getblockchaininfo", params: [], id: 0 },
      { method: "getnetworkinfo", params: [], id: 1 },
    ]);
    expect(await answers.json()).toMatchObject([{ result: { chain: "signet" } }, { result: { version: 240100 } }]);
  });

  it("rejects a used port and an invalid option, and closes everything", async () => {
    const { rpcUrl, endpoints } = await start();
    const rpcPort = Number(new URL(rpcUrl).port);
    await expect(startSimulator({ ...OPTIONS, historySeconds: 0, rpcPort })).rejects.toMatchObject({
      code: "cannot_listen",
      message: expect.stringContaining(String(rpcPort)),
    });
    await expect(
      startSimulator({ ...OPTIONS, historySeconds: 0, endpoints: { rawtx: endpoints.rawtx! } }),
    ).rejects.toMatchObject({ code: "cannot_listen", message: expect.stringContaining(endpoints.rawtx!) });
    for (const wrong of [{ volatility: -1 }, { startPrice: Number.NaN }, { transactionsPerSecond: 1e6 }]) {
      await expect(startSimulator(wrong)).rejects.toMatchObject({
        code: "bad_option",
        message: expect.stringContaining(Object.keys(wrong)[0]!),
      });
    }
    const noTopic = { rawtxs: "tcp://127.0.0.1:*" } as object;
    await expect(startSimulator({ endpoints: noTopic })).rejects.toMatchObject({
      message: expect.stringContaining("rawtxs"),
    });
    await expect(startSimulator({ endpoints: { rawtx: "tcp://0.0.0.0:1" } })).rejects.toMatchObject({
      code: "bad_option",
      message: expect.stringContaining("rawtx"),
    });
  });
});
