import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createNodeRpc, type NodeRpc, NodeRpcError, type NodeRpcEvent, type NodeRpcOptions } from "../src/index.ts";
import { type Answer, answerJson, StandInServer } from "./stand-in-server.ts";

const password = "s3cret-pa55word";

function connect(url: string, options: Partial<NodeRpcOptions> = {}): NodeRpc {
  const rpc = createNodeRpc({ url, auth: { user: "me", password }, ...options });
  onTestFinished(() => rpc.close());
  return rpc;
}

async function serve(answer: Answer, options: Partial<NodeRpcOptions> = {}) {
  const server = await StandInServer.start(answer);
  return { server, rpc: connect(server.url, options) };
}

const idOf = (body: unknown): unknown => (body as { id?: unknown }).id;
const txid = (number: number): string => number.toString(16).padStart(64, "0");

/** Everything visible of an error, including its causes. */
const visible = (error: unknown): string => inspect(error, { depth: 10, showHidden: true });

async function failure(promise: Promise<unknown>): Promise<NodeRpcError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NodeRpcError)) throw new Error(`expected a NodeRpcError, got ${visible(error)}`);
  expect(visible(error)).not.toContain(password);
  return error;
}

describe("a call", () => {
  it("sends method, parameters and password, and returns the result", async () => {
    const { server, rpc } = await serve(({ body }, response) =>
      answerJson(response, { result: { sum: 3 }, error: null, id: idOf(body) }),
    );
    expect(await rpc.call("add", [1, "two"])).toEqual({ sum: 3 });
    expect(server.received).toEqual([
      {
        authorization: `Basic ${Buffer.from(`me:${password}`).toString("base64")}`,
        body: { jsonrpc: "1.0", id: 0, method: "add", params: [1, "two"] },
      },
    ]);
    expect(visible(rpc)).not.toContain(password);
  });

  it("throws the node's error with its code, whatever the HTTP status", async () => {
    for (const status of [500, 404, 200]) {
      const { rpc } = await serve((_, response) =>
        answerJson(
          response,
          { result: null, error: { code: -8, message: "Block height out of range" }, id: 0 },
          status,
        ),
      );
      expect(await failure(rpc.getBlockHash(9e6))).toMatchObject({
        code: "rpc_error",
        method: "getblockhash",
        rpcCode: -8,
        message: "getblockhash: Block height out of range (code -8)",
      });
    }
  });

  it("distinguishes a starting node from an error", async () => {
    const { rpc } = await serve((_, response) =>
      answerJson(response, { result: null, error: { code: -28, message: "Loading block index…" }, id: 0 }, 500),
    );
    expect(await failure(rpc.getBlockchainInfo())).toMatchObject({ code: "warming_up", rpcCode: -28 });
  });

  it.each([
    [401, "unauthorized", /rejects the password of user "me"/],
    [403, "forbidden", /rpcallowip/],
    [502, "bad_answer", /HTTP status 502/],
  ] as const)("with HTTP status %i says %s and what to do", async (status, code, message) => {
    const { rpc } = await serve((_, response) => void response.writeHead(status).end("<html>no</html>"));
    const error = await failure(rpc.getNetworkInfo());
    expect(error).toMatchObject({ code, httpStatus: status, method: "getnetworkinfo" });
    expect(error.message).toMatch(message);
  });

  it("is retried while the node's work queue is full, then fails with a remedy", async () => {
    const events: NodeRpcEvent[] = [];
    let full = 2;
    const { server, rpc } = await serve(
      (_, response) => {
        if (full-- > 0) response.writeHead(503).end("Work queue depth exceeded");
        else answerJson(response, { result: 7, error: null, id: 0 });
      },
      { onEvent: (event) => events.push(event) },
    );
    expect(await rpc.getUptime()).toBe(7);
    expect(server.received.length).toBe(3);
    expect(events).toEqual([
      { type: "busy", method: "uptime", delayMs: 100 },
      { type: "busy", method: "uptime", delayMs: 200 },
    ]);
  });

  it("fails with closed if closed while waiting for a busy node", async () => {
    let rpc: NodeRpc | null = null;
    const served = await serve((_, response) => void response.writeHead(503).end("Work queue depth exceeded"), {
      onEvent: () => rpc?.close(),
    });
    rpc = served.rpc;
    expect(await failure(rpc.getUptime())).toMatchObject({ code: "closed", method: "uptime" });
  });

  it("describes a response that is not a node's", async () => {
    const answers: [unknown, RegExp][] = [
      ["<html>Welcome to nginx", /not a response of a Bitcoin node \(it starts with "<html>Welcome to nginx"\)/],
      ["", /it starts with ""/],
      ["[]", /expected a result/],
      ['{"result":{"chain":"main"},"error":null}', /in field "blocks", found nothing/],
      ['{"result":null,"error":null}', /expected an object, found null/],
    ];
    for (const [text, message] of answers) {
      const { rpc } = await serve((_, response) => void response.end(text));
      const error = await failure(rpc.getBlockchainInfo());
      expect(error).toMatchObject({ code: "bad_answer", method: "getblockchaininfo" });
      expect(error.message).toMatch(message);
    }
  });

  it("times out without a response and in the middle of one", async () => {
    const mute = createServer((socket) => socket.on("error", () => {}));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void mute.close());
    const rpc = connect(`http://127.0.0.1:${(mute.address() as AddressInfo).port}`, { timeoutMs: 80 });
    expect(await failure(rpc.getUptime())).toMatchObject({ code: "timeout", method: "uptime" });
    rpc.close();
    const half = await serve((_, response) => void response.write('{"result":'), { timeoutMs: 80 });
    expect(await failure(half.rpc.getUptime())).toMatchObject({ code: "timeout" });
    expect(await failure(half.rpc.getRawMempool())).toMatchObject({ code: "timeout", method: "getrawmempool" });
  });

  it("reports a refused connection and a server without HTTP", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const refused = await failure(connect(`http://127.0.0.1:${port}`).getUptime());
    expect(refused).toMatchObject({ code: "unreachable" });
    expect(refused.message).toBe(
      `uptime: connection refused by http://127.0.0.1:${port}: start the node with server=1, or correct the address`,
    );
    const greeting = createServer((socket) => socket.on("error", () => {}).end("\xff\0\0\0\0\0\0\0\x01\x7f", "latin1"));
    await new Promise<void>((resolve) => greeting.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void greeting.close());
    const zmq = connect(`http://127.0.0.1:${(greeting.address() as AddressInfo).port}`);
    expect(await failure(zmq.getUptime())).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("no HTTP"),
    });
  });

  it("fails for a truncated or oversized response", async () => {
    const cut = await serve((_, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write('{"result":["');
      setImmediate(() => response.destroy());
    });
    expect((await failure(cut.rpc.getUptime())).code).toMatch(/unreachable|bad_answer/);
    expect((await failure(cut.rpc.getRawMempool())).code).toMatch(/unreachable|bad_answer/);
    const long = await serve((_, response) => void response.end(`{"result":"${"a".repeat(5000)}"}`), {
      maxResponseBytes: 2000,
    });
    expect(await failure(long.rpc.call("any"))).toMatchObject({ code: "answer_too_large" });
  });

  it("is retried on a new connection if the node closed the reused one", async () => {
    const { server, rpc } = await serve((_, response) => answerJson(response, { result: 1, error: null, id: 0 }));
    await rpc.getUptime();
    for (const socket of server.sockets) socket.resetAndDestroy();
    expect(await rpc.getUptime()).toBe(1);
    expect(server.connections).toBe(2);
  });

  it("fails on the caller's signal and on close", async () => {
    const { rpc } = await serve(() => {});
    const controller = new AbortController();
    const waiting = failure(rpc.getUptime({ signal: controller.signal }));
    controller.abort();
    expect(await waiting).toMatchObject({ code: "aborted", method: "uptime" });
    expect(await failure(rpc.getUptime({ signal: controller.signal }))).toMatchObject({ code: "aborted" });
    const open = failure(rpc.getUptime());
    await new Promise(setImmediate);
    rpc.close();
    expect(await open).toMatchObject({ code: "closed" });
    expect(await failure(rpc.getUptime())).toMatchObject({ code: "closed" });
  });
});

describe("the cookie", () => {
  async function cookieFile(text?: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "cookie-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, ".cookie");
    if (text !== undefined) await writeFile(path, text);
    return path;
  }

  it("is read again if a restarted node rejects the old one", async () => {
    const cookiePath = await cookieFile("__cookie__:one\n");
    const events: NodeRpcEvent[] = [];
    let valid = "__cookie__:one";
    const { server, rpc } = await serve(
      ({ authorization }, response) => {
        const right = authorization === `Basic ${Buffer.from(valid).toString("base64")}`;
        if (right) answerJson(response, { result: 1, error: null, id: 0 });
        else response.writeHead(401).end();
      },
      { auth: { cookiePath }, onEvent: (event) => events.push(event) },
    );
    expect(await rpc.getUptime()).toBe(1);
    valid = "__cookie__:two";
    await writeFile(cookiePath, valid);
    expect(await rpc.getUptime()).toBe(1);
    expect(events).toEqual([{ type: "cookie_reread", method: "uptime" }]);
    valid = "__cookie__:three";
    const refused = await failure(rpc.getUptime());
    expect(refused).toMatchObject({ code: "unauthorized", message: expect.stringContaining(cookiePath) });
    expect(visible(refused)).not.toContain("__cookie__:two");
    // The file still has the rejected cookie, which must not be sent again.
    expect(server.received.length).toBe(4);
    expect(await rpc.credentialsChanged()).toBe(false);
    await writeFile(cookiePath, valid);
    expect(await rpc.credentialsChanged()).toBe(true);
    expect(server.received.length).toBe(4);
    expect(await rpc.getUptime()).toBe(1);
  });

  it("counts as changed if removed; a password never does", async () => {
    const refuse: Answer = (_, response) => void response.writeHead(401).end();
    const cookiePath = await cookieFile("__cookie__:one");
    const { rpc } = await serve(refuse, { auth: { cookiePath } });
    expect(await failure(rpc.getUptime())).toMatchObject({ code: "unauthorized" });
    expect(await rpc.credentialsChanged()).toBe(false);
    await rm(cookiePath);
    expect(await rpc.credentialsChanged()).toBe(true);
    const { rpc: withPassword } = await serve(refuse);
    expect(await failure(withPassword.getUptime())).toMatchObject({ code: "unauthorized" });
    expect(await withPassword.credentialsChanged()).toBe(false);
  });

  it("is reported with its path if missing or invalid", needs("mkfifo", "/dev/zero"), async () => {
    const missing = await cookieFile();
    const rpc = connect("http://127.0.0.1:1", { auth: { cookiePath: missing } });
    const error = await failure(rpc.getUptime());
    expect(error).toMatchObject({ code: "cookie_missing" });
    expect(error.message).toContain(missing);
    const wrong = await cookieFile("not a cookie");
    const fifo = await cookieFile();
    execFileSync("mkfifo", [fifo]);
    for (const cookiePath of [wrong, fifo, dirname(wrong), "/dev/zero", await cookieFile(`a:${"b".repeat(600)}`)]) {
      const other = connect("http://127.0.0.1:1", { auth: { cookiePath } });
      expect(await failure(other.getUptime())).toMatchObject({ code: "cookie_unreadable" });
    }
  });
});

describe("many calls", () => {
  const transactionOf = (id: string): string => id.slice(-8).repeat(8);

  const answerBatch: Answer = ({ body }, response) => {
    const calls = body as { id: number; params: [string] }[];
    const answers = calls.map(({ id, params: [asked] }) =>
      asked.endsWith("5")
        ? { id, result: null, error: { code: -5, message: "No such mempool transaction" } }
        : { id, result: transactionOf(asked), error: null },
    );
    answerJson(response, answers.reverse());
  };

  it("are sent in concurrent batches and returned in order, null if gone", async () => {
    // Each request waits for another one, so the test passes only with two at a time.
    let partner: (() => void) | null = null;
    const inPairs: Answer = async (received, response, request) => {
      if (partner === null) {
        await new Promise<void>((resolve) => {
          partner = resolve;
        });
      } else {
        partner();
        partner = null;
      }
      await answerBatch(received, response, request);
    };
    const { server, rpc } = await serve(inPairs, { batchSize: 10, maxConcurrent: 3 });
    const asked = Array.from({ length: 95 }, (_, index) => txid(index));
    const fetched: [string, string | null][] = [];
    for await (const { txid: id, rawBytes } of rpc.getRawTransactions(asked))
      fetched.push([id, rawBytes === null ? null : Buffer.from(rawBytes).toString("hex")]);
    expect(fetched).toEqual(asked.map((id) => [id, id.endsWith("5") ? null : transactionOf(id)]));
    // Of two concurrent requests, either may arrive first.
    const sizes = server.received.map(({ body }) => (body as unknown[]).length);
    expect(sizes.sort((one, other) => other - one)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
    expect(server.mostAtOnce).toBe(2);
  });

  it("keep the results of successful calls if one fails", async () => {
    const { rpc } = await serve(answerBatch);
    const results = await rpc.batch(
      [4, 5, 6].map((number) => ({ method: "getrawtransaction", params: [txid(number)] })),
    );
    expect(results.map(({ result, error }) => [result, error?.code ?? null, error?.rpcCode ?? null])).toEqual([
      [transactionOf(txid(4)), null, null],
      [null, "rpc_error", -5],
      [transactionOf(txid(6)), null, null],
    ]);
  });

  it("stop at the first failure that does not concern a single transaction", async () => {
    const { rpc } = await serve((_, response) => void response.writeHead(403).end(), { batchSize: 2 });
    const all = rpc.getRawTransactions([txid(1), txid(2), txid(3)]);
    expect(await failure(all.next())).toMatchObject({
      code: "forbidden",
      method: "batch of 2 getrawtransaction …",
    });
  });

  it("fail if a response is duplicated, has a wrong id or is missing", async () => {
    for (const wrong of [{ id: 9, result: "" }, null]) {
      const { rpc } = await serve((_, response) => answerJson(response, wrong === null ? [] : [wrong]));
      expect(await failure(rpc.batch([{ method: "uptime" }]))).toMatchObject({ code: "bad_answer" });
    }
  });
});

describe("a block", () => {
  it("is decoded while it arrives, however its text is split", async () => {
    const block = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256));
    const body = JSON.stringify({ result: block.toString("hex"), error: null, id: 0 });
    for (const cut of [1, 9, 10, 11, 12, 100, 301, body.length - 20, body.length - 1]) {
      const { rpc } = await serve((_, response) => {
        response.write(body.slice(0, cut));
        setImmediate(() => response.end(body.slice(cut)));
      });
      expect(Buffer.from(await rpc.getBlock(txid(1)))).toEqual(block);
    }
  });

  it("is an error if the response is not a block", async () => {
    for (const result of ["abc", "zz", 'ab"', null, 5, ["ab"], undefined]) {
      const { rpc } = await serve((_, response) => answerJson(response, { result, error: null, id: 0 }));
      expect(await failure(rpc.getBlock(txid(1)))).toMatchObject({ code: "bad_answer", method: "getblock" });
    }
    for (const status of [200, 500]) {
      const { rpc } = await serve((_, response) =>
        answerJson(response, { result: null, error: { code: -5, message: "Block not found" }, id: 0 }, status),
      );
      expect(await failure(rpc.getBlock(txid(1)))).toMatchObject({ code: "rpc_error", rpcCode: -5 });
    }
  });
});

describe("the mempool", () => {
  const entry = (time: number) => ({
    vsize: 141,
    weight: 561,
    time,
    fees: { base: 0.00001234, modified: 0.1 },
    depends: [txid(1)],
    ancestorcount: 2,
  });

  it("is yielded entry by entry while the response arrives", async () => {
    let goOn = (): void => {};
    const more = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { rpc } = await serve(async (_, response) => {
      response.write(`{"result":{"${txid(1)}":${JSON.stringify(entry(10))},"${txid(2)}":`);
      await more;
      response.end(`${JSON.stringify(entry(20))}},"error":null,"id":0}\n`);
    });
    const entries = rpc.getMempoolEntries();
    expect((await entries.next()).value).toEqual({
      txid: txid(1),
      time: 10,
      vsize: 141,
      feeSats: 1234,
      depends: [txid(1)],
      ancestorCount: 2,
    });
    goOn();
    expect((await entries.next()).value).toMatchObject({ txid: txid(2), time: 20 });
    expect((await entries.next()).done).toBe(true);
  });

  it("is read without blocking the process at 100,000 transactions", async () => {
    const count = 100_000;
    const { rpc } = await serve(async (_, response) => {
      response.write('{"result":{"txids":[');
      for (let begin = 0; begin < count; begin += 1000) {
        const ids = Array.from({ length: 1000 }, (_, index) => `"${txid(begin + index)}"`).join(",");
        if (!response.write((begin === 0 ? "" : ",") + ids))
          await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end('],"mempool_sequence":987654},"error":null,"id":0}');
    });
    let turns = 0;
    let reading = true;
    const countTurn = (): void => {
      turns += 1;
      if (reading) setImmediate(countTurn);
    };
    setImmediate(countTurn);
    const { txids, mempoolSequence } = await rpc.getRawMempoolSequence();
    reading = false;
    expect(mempoolSequence).toBe(987_654);
    expect(txids.length).toBe(count);
    expect(txids[99_999]).toBe(txid(99_999));
    // 6.7 MB in parts of 128 KiB.
    expect(turns).toBeGreaterThan(50);
  });

  it("can be empty, but a response without mempool is an error", async () => {
    const empty = await serve((_, response) => answerJson(response, { result: [], error: null, id: 0 }));
    expect(await empty.rpc.getRawMempool()).toEqual([]);
    for (const body of [
      {},
      { result: null, error: null },
      { result: 5, error: null },
      { result: ["zz"], error: null },
      [],
    ]) {
      const { rpc } = await serve((_, response) => answerJson(response, body));
      expect(await failure(rpc.getRawMempool())).toMatchObject({ code: "bad_answer", method: "getrawmempool" });
    }
    const refusing = await serve((_, response) =>
      answerJson(response, { result: null, error: { code: -32601, message: "Method not found" }, id: 0 }),
    );
    expect(await failure(refusing.rpc.getRawMempool())).toMatchObject({ code: "rpc_error", rpcCode: -32601 });
  });
});

describe("invalid options", () => {
  it.each([
    ["", "url: the address is empty"],
    ["127.0.0.1:8332", "url: "],
    ["ftp://127.0.0.1:8332", "url: the scheme is not http or https"],
    [`http://me:${password}@127.0.0.1:8332`, "url: must not contain user and password"],
    ["http://127.0.0.1:8332/?a=b", "url: must not have a query"],
    ["http://127.0.0.1:0", "url: port 0"],
    ["http://127.0.0.1:99999", "url: not a URL"],
  ])("the address %j is rejected, naming the option", (url, message) => {
    const make = () => createNodeRpc({ url, auth: { user: "me", password } });
    expect(make).toThrow(message);
    expect(make).not.toThrow(password);
  });

  it("are rejected by name", () => {
    const url = "http://127.0.0.1:8332";
    const auth = { user: "me", password };
    expect(() => createNodeRpc({ url, auth: {} as never })).toThrow(/^auth: /);
    expect(() => createNodeRpc({ url, auth: { user: "a:b", password } })).toThrow(/^auth.user: /);
    expect(() => createNodeRpc({ url, auth, timeoutMs: 0 })).toThrow(/^timeoutMs: /);
    expect(() => createNodeRpc({ url, auth, batchSize: 1.5 })).toThrow(/^batchSize: /);
  });
});
