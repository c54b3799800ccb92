import { badAnswer, hexBytes, isHash, parsedJson } from "./answer-fields.ts";
import { rpcCodes } from "./error.ts";
import {
  type BlockchainInfo,
  type BlockHeader,
  blockchainInfo,
  blockHeader,
  type MempoolEntry,
  type MempoolInfo,
  mempoolEntry,
  mempoolInfo,
  type NetworkInfo,
  networkInfo,
  type ZmqNotification,
  zmqNotifications,
} from "./node-answers.ts";
import type { BatchResult, FetchedTransaction, MempoolSnapshot, NodeRpc, RpcCall } from "./node-rpc.ts";
import { ordered } from "./ordered.ts";
import { type CallOptions, errorOf, type MemberText, type RpcChannel } from "./rpc-channel.ts";

/** {@link NodeRpc} over a channel. */
export class JsonNodeRpc implements NodeRpc {
  readonly #channel: RpcChannel;
  readonly #maxConcurrent: number;
  readonly #batchSize: number;

  constructor(channel: RpcChannel, maxConcurrent: number, batchSize: number) {
    this.#channel = channel;
    this.#maxConcurrent = maxConcurrent;
    this.#batchSize = batchSize;
  }

  async call(method: string, params: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    const body = await this.#channel.exchange(method, requestBody(method, params), options);
    const error = errorOf(method, body);
    if (error !== null) throw error;
    if (typeof body !== "object" || body === null || !("result" in body)) throw badAnswer(method, "a result", body);
    return body.result;
  }

  async batch(calls: readonly RpcCall[], options: CallOptions = {}): Promise<BatchResult[]> {
    const results: BatchResult[] = [];
    for (let begin = 0; begin < calls.length; begin += this.#batchSize)
      results.push(...(await this.#batchOnce(calls.slice(begin, begin + this.#batchSize), options)));
    return results;
  }

  async getBlockchainInfo(options?: CallOptions): Promise<BlockchainInfo> {
    return blockchainInfo("getblockchaininfo", await this.call("getblockchaininfo", [], options));
  }

  async getNetworkInfo(options?: CallOptions): Promise<NetworkInfo> {
    return networkInfo("getnetworkinfo", await this.call("getnetworkinfo", [], options));
  }

  async getMempoolInfo(options?: CallOptions): Promise<MempoolInfo> {
    return mempoolInfo("getmempoolinfo", await this.call("getmempoolinfo", [], options));
  }

  async getZmqNotifications(options?: CallOptions): Promise<ZmqNotification[]> {
    return zmqNotifications("getzmqnotifications", await this.call("getzmqnotifications", [], options));
  }

  async getUptime(options?: CallOptions): Promise<number> {
    const seconds = await this.call("uptime", [], options);
    if (typeof seconds !== "number") throw badAnswer("uptime", "a number", seconds);
    return seconds;
  }

  async getBlockHash(height: number, options?: CallOptions): Promise<string> {
    const hash = await this.call("getblockhash", [height], options);
    if (!isHash(hash)) throw badAnswer("getblockhash", "a hash", hash);
    return hash;
  }

  async getBlockHeader(hash: string, options?: CallOptions): Promise<BlockHeader> {
    return blockHeader("getblockheader", await this.call("getblockheader", [hash, true], options));
  }

  async getBlock(hash: string, options?: CallOptions): Promise<Uint8Array> {
    return this.#channel.hexResult("getblock", requestBody("getblock", [hash, 0]), options ?? {});
  }

  async getRawMempool(options?: CallOptions): Promise<string[]> {
    const txids: string[] = [];
    for await (const values of this.#values("getrawmempool", [false], ["result"], options))
      for (const [path, , json] of values) if (path === "result") txids.push(hashOf("getrawmempool", json));
    return txids;
  }

  async getRawMempoolSequence(options?: CallOptions): Promise<MempoolSnapshot> {
    const method = "getrawmempool";
    const txids: string[] = [];
    let mempoolSequence: unknown = null;
    for await (const values of this.#values(method, [false, true], ["result", "result.txids"], options))
      for (const [path, key, json] of values) {
        if (path === "result.txids") txids.push(hashOf(method, json));
        else if (path === "result" && key === "mempool_sequence") mempoolSequence = parsedJson(method, json);
      }
    if (typeof mempoolSequence !== "number") throw badAnswer(method, "mempool_sequence", mempoolSequence);
    return { txids, mempoolSequence };
  }

  async *getMempoolEntries(options?: CallOptions): AsyncGenerator<MempoolEntry, void, undefined> {
    const method = "getrawmempool";
    for await (const values of this.#values(method, [true], ["result"], options))
      for (const [path, key, json] of values) {
        if (path !== "result") continue;
        if (!isHash(key)) throw badAnswer(method, "entries by their id", key);
        yield mempoolEntry(method, key, parsedJson(method, json));
      }
  }

  async *getRawTransactions(
    txids: Iterable<string>,
    options: CallOptions = {},
  ): AsyncGenerator<FetchedTransaction, void, undefined> {
    const fetchGroup = async (group: readonly string[]): Promise<FetchedTransaction[]> => {
      const calls = group.map((txid) => ({ method: "getrawtransaction", params: [txid, false] }));
      const results = await this.#batchOnce(calls, options);
      return results.map(({ result, error }, index) => {
        if (error !== null && error.rpcCode !== rpcCodes.notFound) throw error;
        return { txid: group[index]!, rawBytes: error === null ? hexBytes("getrawtransaction", result) : null };
      });
    };
    const atOnce = Math.max(1, this.#maxConcurrent - 1);
    for await (const group of ordered(grouped(txids, this.#batchSize), fetchGroup, atOnce)) yield* group;
  }

  async getActivity(options?: CallOptions): Promise<string> {
    const [best, mempool] = await this.#batchOnce(
      [{ method: "getbestblockhash" }, { method: "getmempoolinfo" }],
      options ?? {},
    );
    for (const each of [best, mempool]) if (each?.error) throw each.error;
    const { size, bytes } = mempoolInfo("getmempoolinfo", mempool?.result);
    if (!isHash(best?.result)) throw badAnswer("getbestblockhash", "a hash", best?.result);
    return `${best.result} ${size} ${bytes}`;
  }

  credentialsChanged(): Promise<boolean> {
    return this.#channel.credentialsChanged();
  }

  close(): void {
    this.#channel.close();
  }

  async #batchOnce(calls: readonly RpcCall[], options: CallOptions): Promise<BatchResult[]> {
    if (calls.length === 0) return [];
    const name = `batch of ${calls.length} ${calls[0]!.method}${calls.length > 1 ? " …" : ""}`;
    const body = `[${calls.map(({ method, params = [] }, id) => requestBody(method, params, id)).join(",")}]`;
    const answer = await this.#channel.exchange(name, body, options);
    const refusal = errorOf(name, answer);
    if (refusal !== null) throw refusal;
    if (!Array.isArray(answer)) throw badAnswer(name, "a list", answer);
    const results: (BatchResult | undefined)[] = new Array(calls.length);
    for (const each of answer as unknown[]) {
      const id = typeof each === "object" && each !== null && "id" in each ? each.id : null;
      if (typeof id !== "number" || calls[id] === undefined)
        throw badAnswer(name, "answers with the calls' numbers", id);
      const error = errorOf(calls[id].method, each);
      if (error !== null) results[id] = { result: null, error };
      else results[id] = { result: (each as { result?: unknown }).result ?? null, error: null };
    }
    return Array.from(results, (result, id) => result ?? missing(name, id));
  }

  /** The values of an answer as they arrive, in groups; the node's error is thrown when one comes. */
  async *#values(
    method: string,
    params: readonly unknown[],
    opened: readonly string[],
    options: CallOptions = {},
  ): AsyncGenerator<MemberText[], void, undefined> {
    for await (const values of this.#channel.stream(method, requestBody(method, params), opened, options)) {
      const refusal = values.find(([path, key, json]) => path === "" && key === "error" && json !== "null");
      if (refusal !== undefined)
        throw errorOf(method, { error: parsedJson(method, refusal[2]) }) ?? badAnswer(method, "an error", refusal[2]);
      yield values;
    }
  }
}

const requestBody = (method: string, params: readonly unknown[], id = 0): string =>
  JSON.stringify({ jsonrpc: "1.0", id, method, params });

function hashOf(method: string, json: string): string {
  const value = parsedJson(method, json);
  return isHash(value) ? value : missingHash(method, value);
}

function missingHash(method: string, value: unknown): never {
  throw badAnswer(method, "ids of transactions", value);
}

function missing(name: string, id: number): never {
  throw badAnswer(name, `an answer to call ${id}`, undefined);
}

function* grouped(txids: Iterable<string>, size: number): Generator<string[]> {
  let group: string[] = [];
  for (const txid of txids) {
    group.push(txid);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
