import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createNodeRpc, type NodeRpc, NodeRpcError, type NodeRpcOptions } from "../src/index.ts";
import { MIN_BYTES, ResponseTimeout } from "../src/response-timeout.ts";
import { type Answer, answerJson, StandInServer } from "./stand-in-server.ts";

// Any server may respond at the node's address: memory and time must be bounded.

const txid = (number: number): string => number.toString(16).padStart(64, "0");

async function connect(answer: Answer, options: Partial<NodeRpcOptions> = {}): Promise<NodeRpc> {
  const { url } = await StandInServer.start(answer);
  const rpc = createNodeRpc({ url, auth: { user: "me", password: "secret" }, ...options });
  onTestFinished(() => rpc.close());
  return rpc;
}

async function failure(promise: Promise<unknown>): Promise<NodeRpcError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NodeRpcError)) throw new Error(`expected a NodeRpcError, got ${error}`);
  return error;
}

async function all(entries: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of entries);
}

/** Sends the same bytes until the client closes. @returns the number of bytes sent */
function sendForEver(response: ServerResponse, beginning: string, unit: string): Promise<number> {
  const chunk = unit.repeat(Math.ceil(65_536 / unit.length));
  let sent = beginning.length;
  response.write(beginning);
  return new Promise((resolve) => {
    const more = (): void => {
      if (response.destroyed) return;
      sent += chunk.length;
      if (response.write(chunk)) setImmediate(more);
      else response.once("drain", more);
    };
    response.once("close", () => resolve(sent));
    more();
  });
}

describe("an endless response", () => {
  it.each<[string, (rpc: NodeRpc) => Promise<unknown>, string, string]>([
    ["to a call", (rpc) => rpc.getBlockchainInfo(), '{"result":"', "a"],
    ["of nested lists", (rpc) => rpc.getNetworkInfo(), '{"result":', "["],
    ["of blanks", (rpc) => rpc.getRawMempool(), '{"result":', " "],
    ["with a list of ids", (rpc) => rpc.getRawMempool(), `{"result":["${txid(1)}"`, `,"${txid(2)}"`],
    ["with a list of entries", (rpc) => all(rpc.getMempoolEntries()), '{"result":{"a":1', ',"a":1'],
    ["with one entry", (rpc) => all(rpc.getMempoolEntries()), '{"result":{"a":{"b":[1', ",1"],
    ["with a long key", (rpc) => all(rpc.getMempoolEntries()), '{"result":{"', "a"],
    ["with other members", (rpc) => rpc.getRawMempoolSequence(), '{"a":1', ',"a":1'],
    ["with a block", (rpc) => rpc.getBlock(txid(1)), '{"result":"', "ab"],
    ["with more than a block", (rpc) => rpc.getBlock(txid(1)), '{"a":1', ',"a":1'],
    ["to a batch", (rpc) => rpc.batch([{ method: "uptime" }]), "[[1", ",1"],
    ["with a transaction", (rpc) => all(rpc.getRawTransactions([txid(1)])), '[{"id":0,"result":"', "ab"],
  ])("%s is given up", async (_, ask, beginning, unit) => {
    let sent: Promise<number> | null = null;
    const rpc = await connect(
      (_received, response) => {
        sent = sendForEver(response, beginning, unit);
      },
      { maxResponseBytes: 100_000, maxMempoolEntries: 1000 },
    );
    const error = await failure(ask(rpc));
    expect(["answer_too_large", "bad_answer"]).toContain(error.code);
    expect(error.message.length).toBeLessThan(300);
    // Socket buffers on both sides add to the limit of 16 MiB per batch.
    expect(await sent).toBeLessThan(40e6);
  });

  it("with more ids than maxMempoolEntries is too large, however short", async () => {
    const result = Array.from({ length: 1010 }, () => txid(1));
    const rpc = await connect((_, response) => answerJson(response, { result, error: null, id: 0 }), {
      maxMempoolEntries: 1000,
    });
    expect(await failure(rpc.getRawMempool())).toMatchObject({ code: "answer_too_large" });
  });

  it.each([401, 403, 404, 500, 502])("with status %i is the error of that status", async (status) => {
    const rpc = await connect((_, response) => {
      response.writeHead(status);
      void sendForEver(response, "", "<p>no</p>");
    });
    expect(await failure(rpc.getUptime())).toMatchObject({ httpStatus: status });
  });

  it("with endless headers is not a node's", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = (): void => void (socket.destroyed || socket.write(`x-more: ${"a".repeat(1000)}\r\n`, more));
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const rpc = createNodeRpc({ url, auth: { user: "me", password: "secret" } });
    onTestFinished(() => rpc.close());
    expect((await failure(rpc.getUptime())).message).toContain("headers of more than 16384 bytes");
  });
});

describe("a long text from the node", () => {
  it.each([200, 500])("is truncated to one line in an error with status %i", async (status) => {
    const rpc = await connect((_, response) =>
      answerJson(response, { error: { code: -1, message: `\u001b[2Jno\n\u2028\u2029${"a.".repeat(20_000)}` } }, status),
    );
    const { message } = await failure(rpc.getUptime());
    expect(message.length).toBeLessThan(500);
    expect(message).toMatch(/^uptime: \[2Jno a\.a\..*… \(40009 characters\) \(code -1\)$/);
  });

  it("is processed quickly at 800 kB", async () => {
    const rpc = await connect((_, response) =>
      answerJson(response, { error: { code: -1, message: "a.".repeat(400_000) } }),
    );
    expect(await failure(rpc.getUptime())).toMatchObject({ code: "rpc_error" });
  });

  it("is described, not repeated, where a value was expected", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const rpc = await connect((_, response) => void response.end(`{"result":${deep},"error":null,"id":0}`));
    for (const ask of [() => rpc.getBlockchainInfo(), () => rpc.getUptime(), () => rpc.getBlockHash(1)])
      expect((await failure(ask())).message).toMatch(/found (a list of 1|an object)$/);
  });
});

describe("transactions that are too large for one response", () => {
  it("are requested again in halves", async () => {
    const large = "ab".repeat(1_500_000);
    const asked: number[] = [];
    const rpc = await connect(({ body }, response) => {
      const calls = body as { id: number }[];
      asked.push(calls.length);
      answerJson(
        response,
        calls.map(({ id }) => ({ id, result: large, error: null })),
      );
    });
    const sizes: (number | undefined)[] = [];
    for await (const { rawBytes } of rpc.getRawTransactions(Array.from({ length: 11 }, (_, n) => txid(n))))
      sizes.push(rawBytes?.length);
    expect(sizes).toEqual(new Array(11).fill(1_500_000));
    expect(asked).toEqual([11, 5, 6, 3, 3]);
  });
});

describe("ResponseTimeout", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const watched = () => {
    const giveUp = vi.fn();
    return { giveUp, timeout: new ResponseTimeout(10_000, giveUp) };
  };

  it("fires if nothing arrives in time", () => {
    const { giveUp } = watched();
    vi.advanceTimersByTime(10_000);
    expect(giveUp).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(giveUp).toHaveBeenCalled();
  });

  it("fires if too few bytes arrive, but not while enough do", () => {
    const slow = watched();
    const fast = watched();
    for (let second = 0; second < 60; second++) {
      slow.timeout.onData(1);
      fast.timeout.onData(MIN_BYTES / 5);
      vi.advanceTimersByTime(1000);
    }
    expect(slow.giveUp).toHaveBeenCalled();
    expect(fast.giveUp).not.toHaveBeenCalled();
  });

  it("does not count the time of the caller", () => {
    const { giveUp, timeout } = watched();
    timeout.reading = false;
    vi.advanceTimersByTime(60_000);
    timeout.reading = true;
    vi.advanceTimersByTime(10_000);
    expect(giveUp).not.toHaveBeenCalled();
  });
});

describe("a slow response", () => {
  it.each([
    ["its body", (response: ServerResponse) => void response.write("{")],
    ["its head", (response: ServerResponse) => response.writeProcessing()],
  ])("is given up: %s", async (_, send) => {
    const rpc = await connect(
      (_received, response) => {
        const timer = setInterval(() => send(response), 5);
        response.once("close", () => clearInterval(timer));
      },
      { timeoutMs: 100 },
    );
    expect(await failure(rpc.getUptime())).toMatchObject({ code: "timeout" });
  });
});
