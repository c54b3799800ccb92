import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createNodeRpc, type NodeRpc, NodeRpcError } from "../src/index.ts";
import { answerJson, StandInServer } from "./stand-in-server.ts";

// The server may be another program, or a node of another version: the error names the invalid
// field.

const hash = "ab".repeat(32);
const auth = { user: "me", password: "secret" };

function connect(url: string): NodeRpc {
  const rpc = createNodeRpc({ url, auth });
  onTestFinished(() => rpc.close());
  return rpc;
}

/** A node that returns this result for every call. */
async function nodeWith(result: unknown): Promise<NodeRpc> {
  const { url } = await StandInServer.start((_, response) => answerJson(response, { result, error: null, id: 0 }));
  return connect(url);
}

async function failure(promise: Promise<unknown>): Promise<NodeRpcError> {
  const error = await promise.then(
    (value) => `an answer: ${JSON.stringify(value)}`,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NodeRpcError)) throw new Error(`expected a NodeRpcError, got ${error}`);
  return error;
}

const chain = {
  chain: "main",
  blocks: 900_000,
  headers: 900_000,
  bestblockhash: hash,
  initialblockdownload: false,
  verificationprogress: 1,
  pruned: true,
  pruneheight: 850_000,
};
const entry = { time: 1, vsize: 200, fees: { base: 0.00001 }, depends: [], ancestorcount: 1 };

describe("a response with an invalid field", () => {
  it.each<[string, (rpc: NodeRpc) => Promise<unknown>, unknown, string]>([
    ["a chain's name", (rpc) => rpc.getBlockchainInfo(), { ...chain, chain: 1 }, 'name in field "chain"'],
    ["a path", (rpc) => rpc.getBlockchainInfo(), { ...chain, chain: "x/../../evil" }, 'name in field "chain"'],
    ["a height", (rpc) => rpc.getBlockchainInfo(), { ...chain, blocks: -1 }, 'in field "blocks", found -1'],
    ["too high", (rpc) => rpc.getBlockchainInfo(), { ...chain, blocks: 2 ** 31 }, 'in field "blocks"'],
    ["a share", (rpc) => rpc.getBlockchainInfo(), { ...chain, verificationprogress: 1e300 }, "verificationprogress"],
    ["a hash", (rpc) => rpc.getBlockchainInfo(), { ...chain, bestblockhash: "ab" }, "64 hex digits"],
    ["a yes or no", (rpc) => rpc.getBlockchainInfo(), { ...chain, pruned: "yes" }, "true or false"],
    ["a version", (rpc) => rpc.getNetworkInfo(), { version: 1, subversion: "\u001b[2J" }, 'in field "subversion"'],
    ["topics", (rpc) => rpc.getZmqNotifications(), {}, "a list, found an object"],
    [
      "an address",
      (rpc) => rpc.getZmqNotifications(),
      [{ type: "pubrawtx", address: "tcp://x:1".repeat(99), hwm: 0 }],
      'in field "address"',
    ],
    ["a duration", (rpc) => rpc.getUptime(), "long", 'found "long"'],
    ["a block's hash", (rpc) => rpc.getBlockHash(1), "none", "a hash"],
    ["a time", (rpc) => rpc.getBlockHeader(hash), { hash, height: 1, time: 1.7e12 }, 'in field "time"'],
    ["a list of ids", (rpc) => rpc.getRawMempoolSequence(), { txids: [hash] }, "mempool_sequence"],
    ["an entry's id", (rpc) => rpc.getMempoolEntries().next(), { none: entry }, "entries by txid"],
    [
      "a fee",
      (rpc) => rpc.getMempoolEntries().next(),
      { [hash]: { ...entry, fees: { base: "0.1" } } },
      'in field "fees.base", found "0.1"',
    ],
    ["fees", (rpc) => rpc.getMempoolEntries().next(), { [hash]: { ...entry, fees: 1 } }, 'an object in field "fees"'],
    ["parents", (rpc) => rpc.getMempoolEntries().next(), { [hash]: { ...entry, depends: [1] } }, "a list of ids"],
  ])("%s", async (_, ask, result, message) => {
    const error = await failure(ask(await nodeWith(result)));
    expect(error.code).toBe("bad_answer");
    expect(error.message).toContain(message);
  });

  it("is null if optional and missing", async () => {
    expect((await (await nodeWith(chain)).getBlockchainInfo()).pruneHeight).toBe(850_000);
    const { pruneheight: _, ...unpruned } = chain;
    expect((await (await nodeWith({ ...unpruned, pruned: false })).getBlockchainInfo()).pruneHeight).toBe(null);
  });
});

describe("a batch", () => {
  it("returns nothing for no calls without a request", async () => {
    const { url, received } = await StandInServer.start((_, response) => answerJson(response, []));
    expect(await connect(url).batch([])).toEqual([]);
    for await (const _ of connect(url).getRawTransactions([])) throw new Error("no transaction was requested");
    expect(received).toEqual([]);
  });

  it.each<[string, unknown, object]>([
    ["is refused as a whole", { error: { code: -32600, message: "too many" } }, { code: "rpc_error", rpcCode: -32600 }],
    ["is not a list", { result: 1 }, { code: "bad_answer" }],
    ["contains an item that is no answer", [7], { code: "bad_answer" }],
    ["is an error without code and message", { error: {} }, { code: "rpc_error", rpcCode: 0 }],
  ])("fails if the answer %s", async (_, answer, expected) => {
    const { url } = await StandInServer.start((_received, response) => answerJson(response, answer));
    expect(await failure(connect(url).batch([{ method: "uptime" }]))).toMatchObject(expected);
  });

  it.each([
    ["a transaction in something else than hex", "zz"],
    ["half a byte", "abc"],
    ["a number", 5],
  ])("gives no transaction out of %s", async (_, result) => {
    const { url } = await StandInServer.start((_received, response) => answerJson(response, [{ id: 0, result }]));
    expect(await failure(connect(url).getRawTransactions([hash]).next())).toMatchObject({ code: "bad_answer" });
  });

  it("does not treat a forbidden lookup as a missing transaction", async () => {
    const error = { code: -32601, message: "Method not found" };
    const { url } = await StandInServer.start((_, response) => answerJson(response, [{ id: 0, result: null, error }]));
    expect(await failure(connect(url).getRawTransactions([hash]).next())).toMatchObject({ rpcCode: -32601 });
  });
});

describe("getActivity", () => {
  const mempool = { loaded: true, size: 3, bytes: 600 };

  it.each<[string, unknown[], object]>([
    [
      "an error",
      [
        { id: 0, error: { code: -28, message: "Loading" } },
        { id: 1, result: mempool },
      ],
      { code: "warming_up" },
    ],
    [
      "no hash",
      [
        { id: 0, result: 5 },
        { id: 1, result: mempool },
      ],
      { code: "bad_answer", method: "getbestblockhash" },
    ],
    ["no mempool", [{ id: 0, result: hash }, { id: 1 }], { code: "bad_answer", method: "getmempoolinfo" }],
  ])("is an error for %s", async (_, answer, expected) => {
    const { url } = await StandInServer.start((_received, response) => answerJson(response, answer));
    expect(await failure(connect(url).getActivity())).toMatchObject(expected);
  });
});

describe("an address", () => {
  it("with an unknown host name is reported", async () => {
    const error = await failure(connect("http://no-such-host.invalid:8332").getUptime());
    expect(error).toMatchObject({ code: "unreachable" });
    expect(error.message).toContain("correct the host name");
  });

  it("with https uses TLS and reports an untrusted certificate", needs("openssl"), async () => {
    const folder = mkdtempSync(join(tmpdir(), "node-rpc-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, "key"), join(folder, "cert")];
    const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", [...request, "-keyout", key, "-out", cert, "-subj", "/CN=localhost"], {
      stdio: "ignore",
    });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const error = await failure(connect(`https://127.0.0.1:${(server.address() as AddressInfo).port}`).getUptime());
    expect(error).toMatchObject({ code: "unreachable" });
    expect(error.message).toMatch(/failed: self.signed certificate/);
  });
});
