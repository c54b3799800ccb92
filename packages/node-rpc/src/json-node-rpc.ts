import { kindOf } from "./argument.ts";
import { NodeRpcError, rpcCodes } from "./error.ts";
import { mapConcurrently } from "./map-concurrently.ts";
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
} from "./node-responses.ts";
import type { BatchResult, FetchedTransaction, MempoolSnapshot, NodeRpc, RpcCall } from "./node-rpc.ts";
import { badResponse, hexBytes, isHash, parsedJson } from "./response-fields.ts";
import {
  type CallOptions,
  ENVELOPE_VALUES,
  errorOf,
  MAX_HEX_BYTES,
  type MemberText,
  type RpcChannel,
  type StreamPlan,
} from "./rpc-channel.ts";

/** Maximum response size of a batch. `getRawTransactions` splits a larger batch in halves. */
const MAX_BATCH_BYTES = 2 ** 24;
/** Maximum size of a call's error in a batch whose results are strings. */
const MAX_BATCH_ERROR_BYTES = 2 ** 14;
/** Maximum average size of a mempool entry in a response, with many parents and children. */
const MAX_ENTRY_BYTES = 4096;

/** {@link NodeRpc} over a channel. */
export class JsonNodeRpc implements NodeRpc {
  readonly #channel: RpcChannel;
  readonly #maxConcurrent: number;
  readonly #batchSize: number;
  readonly #maxMempoolEntries: number;

  constructor(channel: RpcChannel, maxConcurrent: number, batchSize: number, maxMempoolEntries: number) {
    this.#channel = channel;
    this.#maxConcurrent = maxConcurrent;
    this.#batchSize = batchSize;
    this.#maxMempoolEntries = maxMempoolEntries;
  }

  async call(method: string, params: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    checkCall(method, params, "");
    const body = await this.#channel.request(method, requestBody(method, params), options);
    const error = errorOf(method, body);
    if (error !== null) throw error;
    if (typeof body !== "object" || body === null || !("result" in body)) throw badResponse(method, "a result", body);
    return body.result;
  }

  async batch(calls: readonly RpcCall[], options: CallOptions = {}): Promise<BatchResult[]> {
    if (!Array.isArray(calls as unknown)) throw wrongArgument("calls", "an array of { method, params }", calls);
    calls.forEach((call: RpcCall | null | undefined, index) => {
      checkCall(call?.method, call?.params ?? [], `calls[${index}].`);
    });
    const results: BatchResult[] = [];
    for (let begin = 0; begin < calls.length; begin += this.#batchSize)
      results.push(
        ...(await this.#batchOnce(
          calls.slice(begin, begin + this.#batchSize),
          this.#channel.maxResponseBytes,
          options,
        )),
      );
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
    if (!isCount(seconds)) throw badResponse("uptime", "a count", seconds);
    return seconds;
  }

  async getBlockHash(height: number, options?: CallOptions): Promise<string> {
    if (!isCount(height)) throw wrongArgument("height", "a whole number", height);
    const hash = await this.call("getblockhash", [height], options);
    if (!isHash(hash)) throw badResponse("getblockhash", "a hash", hash);
    return hash;
  }

  async getBlockHeader(hash: string, options?: CallOptions): Promise<BlockHeader> {
    checkHash(hash, "hash");
    return blockHeader("getblockheader", await this.call("getblockheader", [hash, true], options));
  }

  async getBlock(hash: string, options?: CallOptions): Promise<Uint8Array> {
    checkHash(hash, "hash");
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
    if (!isCount(mempoolSequence)) throw badResponse(method, "mempool_sequence", mempoolSequence);
    return { txids, mempoolSequence };
  }

  async *getMempoolEntries(options?: CallOptions): AsyncGenerator<MempoolEntry, void, undefined> {
    const method = "getrawmempool";
    for await (const values of this.#values(method, [true], ["result"], options))
      for (const [path, key, json] of values) {
        if (path !== "result") continue;
        if (!isHash(key)) throw badResponse(method, "entries by txid", key);
        yield mempoolEntry(method, key, parsedJson(method, json));
      }
  }

  async *getRawTransactions(
    txids: Iterable<string>,
    options: CallOptions = {},
  ): AsyncGenerator<FetchedTransaction, void, undefined> {
    if (typeof txids !== "object" || txids === null || !(Symbol.iterator in txids))
      throw wrongArgument("txids", "an array or other iterable of txids", txids);
    const checked = function* (): Generator<string> {
      let index = 0;
      for (const txid of txids) {
        checkHash(txid, `txids[${index++}]`);
        yield txid;
      }
    };
    const fetchGroup = async (group: readonly string[]): Promise<FetchedTransaction[]> => {
      const calls = group.map((txid) => ({ method: "getrawtransaction", params: [txid, false] }));
      let results: BatchResult[];
      try {
        results = await this.#batchOnce(calls, MAX_BATCH_ERROR_BYTES, options);
      } catch (error) {
        if (!(error instanceof NodeRpcError) || error.code !== "answer_too_large" || group.length === 1) throw error;
        const middle = group.length >> 1;
        return [...(await fetchGroup(group.slice(0, middle))), ...(await fetchGroup(group.slice(middle)))];
      }
      return results.map(({ result, error }, index) => {
        if (error !== null && error.rpcCode !== rpcCodes.notFound) throw error;
        return { txid: group[index]!, rawBytes: error === null ? hexBytes("getrawtransaction", result) : null };
      });
    };
    // Leaves one connection free for other calls.
    const concurrency = Math.max(1, this.#maxConcurrent - 1);
    for await (const group of mapConcurrently(grouped(checked(), this.#batchSize), fetchGroup, concurrency))
      yield* group;
  }

  async getActivity(options?: CallOptions): Promise<string> {
    const [best, mempool] = await this.#batchOnce(
      [{ method: "getbestblockhash" }, { method: "getmempoolinfo" }],
      this.#channel.maxResponseBytes,
      options ?? {},
    );
    for (const response of [best, mempool]) if (response?.error) throw response.error;
    const { size, bytes } = mempoolInfo("getmempoolinfo", mempool?.result);
    if (!isHash(best?.result)) throw badResponse("getbestblockhash", "a hash", best?.result);
    return `${best.result} ${size} ${bytes}`;
  }

  credentialsChanged(): Promise<boolean> {
    return this.#channel.credentialsChanged();
  }

  close(): void {
    this.#channel.close();
  }

  async #batchOnce(calls: readonly RpcCall[], maxValueBytes: number, options: CallOptions): Promise<BatchResult[]> {
    if (calls.length === 0) return [];
    const name = `batch of ${calls.length} ${calls[0]!.method}${calls.length > 1 ? " …" : ""}`;
    const body = `[${calls.map(({ method, params = [] }, id) => requestBody(method, params, id)).join(",")}]`;
    const responses = calls.map(() => new Map<string, unknown>());
    const plan: StreamPlan = {
      opened: calls.map((_, place) => String(place)),
      required: [],
      maxValues: ENVELOPE_VALUES * (calls.length + 1),
      maxBytes: MAX_BATCH_BYTES,
      maxStringBytes: MAX_HEX_BYTES,
      maxValueBytes,
    };
    for await (const values of this.#channel.stream(name, body, plan, options))
      for (const [path, key, json] of values) {
        const response = path === "" ? undefined : responses[Number(path)];
        if (response !== undefined) {
          if (key === "id" || key === "result" || key === "error") response.set(key, parsedJson(name, json));
        } else if (key === "error" && json !== "null") {
          throw errorOf(name, { error: parsedJson(name, json) }) ?? badResponse(name, "a list", parsedJson(name, json));
        } else if (key !== "id" && key !== "jsonrpc") {
          throw badResponse(name, "a list of responses", parsedJson(name, json));
        }
      }
    const results: (BatchResult | undefined)[] = new Array(calls.length);
    for (const response of responses) {
      if (response.size === 0) continue;
      const id = response.get("id");
      const call = typeof id === "number" ? calls[id] : undefined;
      if (call === undefined) throw badResponse(name, "responses with the ids of the calls", id);
      const error = errorOf(call.method, { error: response.get("error") });
      results[id as number] =
        error === null ? { result: response.get("result") ?? null, error } : { result: null, error };
    }
    return Array.from(results, (result, id) => result ?? missing(name, id));
  }

  /** Streams the values of a mempool list in groups. Throws the node's error if there is one. */
  async *#values(
    method: string,
    params: readonly unknown[],
    opened: readonly string[],
    options: CallOptions = {},
  ): AsyncGenerator<MemberText[], void, undefined> {
    const { maxResponseBytes } = this.#channel;
    const plan: StreamPlan = {
      opened,
      required: opened,
      maxValues: this.#maxMempoolEntries + ENVELOPE_VALUES,
      maxBytes: maxResponseBytes + this.#maxMempoolEntries * MAX_ENTRY_BYTES,
      maxStringBytes: maxResponseBytes,
      maxValueBytes: maxResponseBytes,
    };
    for await (const values of this.#channel.stream(method, requestBody(method, params), plan, options)) {
      const failure = values.find(([path, key, json]) => path === "" && key === "error" && json !== "null");
      if (failure !== undefined)
        throw errorOf(method, { error: parsedJson(method, failure[2]) }) ?? badResponse(method, "an error", failure[2]);
      yield values;
    }
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function requestBody(method: string, params: readonly unknown[], id = 0): string {
  try {
    return JSON.stringify({ jsonrpc: "1.0", id, method, params });
  } catch (cause) {
    throw new TypeError(`params of ${method} must be values that JSON has`, { cause });
  }
}

/** @param place of the call in a batch, as a prefix */
function checkCall(method: unknown, params: unknown, place: string): void {
  if (typeof method !== "string" || method === "")
    throw wrongArgument(`${place}method`, "the name of an RPC method", method);
  if (!Array.isArray(params)) throw wrongArgument(`${place}params`, "an array", params);
}

function checkHash(value: unknown, name: string): void {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/i.test(value)) throw wrongArgument(name, "64 hex digits", value);
}

function hashOf(method: string, json: string): string {
  const value = parsedJson(method, json);
  return isHash(value) ? value : missingHash(method, value);
}

function missingHash(method: string, value: unknown): never {
  throw badResponse(method, "txids", value);
}

function missing(name: string, id: number): never {
  throw badResponse(name, `a response to call ${id}`, undefined);
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

function wrongArgument(name: string, expected: string, value: unknown): TypeError {
  const shown =
    typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : typeof value === "number" ? value : kindOf(value);
  return new TypeError(`${name} must be ${expected}, got ${shown}`);
}
