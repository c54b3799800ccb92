import { FormatRegistry, type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { isChainName } from "@utxoracle/node-rpc";
import { parseBlockHeader } from "@utxoracle/tx-parser";
import { budgets } from "../config/budgets.ts";
import type { BlockPlace, BlockSource, ChainTip } from "./block-source.ts";
import { BlocksError, chainChanged } from "./blocks-error.ts";
import { prunedError } from "./rpc-blocks.ts";

const HEADER_BYTES = 80;
/** Most headers of one answer (Bitcoin Core, doc/REST-interface.md). */
const HEADERS_MAX = 2000;
/** For a whole answer. */
const TIMEOUT_MS = 30_000;
/** Longest text of the node that a message repeats, in characters. */
const REPEATED_LENGTH_MAX = 200;

FormatRegistry.Set("chain-name", isChainName);

const Height = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
const ChainInfo = Type.Object({
  chain: Type.String({ format: "chain-name" }),
  blocks: Height,
  headers: Type.Integer({ minimum: -1, maximum: 2 ** 31 - 1 }),
  initialblockdownload: Type.Boolean(),
  verificationprogress: Type.Number({ minimum: 0, maximum: 2 }),
  pruned: Type.Boolean(),
  pruneheight: Type.Optional(Height),
});
const HashByHeight = Type.Object({ blockhash: Type.String({ pattern: "^[0-9a-f]{64}$" }) });

/** Blocks from a node's REST interface (`rest=1` in its bitcoin.conf): binary, and without a password. */
export class RestBlocks implements BlockSource {
  readonly kind = "rest";
  readonly #base: string;
  readonly #signal: AbortSignal | undefined;

  /** @param url the node's address, that of its RPC. */
  constructor(url: string, signal?: AbortSignal) {
    this.#base = new URL("/rest/", url).href;
    this.#signal = signal;
  }

  /** Whether the node has the interface on. False also when nothing answers. */
  async isOn(): Promise<boolean> {
    try {
      await this.#chainInfo();
      return true;
    } catch (error) {
      if (error instanceof BlocksError) return false;
      throw error;
    }
  }

  async tip(): Promise<ChainTip> {
    const { chain, blocks, headers, initialblockdownload, verificationprogress } = await this.#chainInfo();
    return {
      chain,
      height: blocks,
      missingBlocks: Math.max(0, headers - blocks),
      initialBlockDownload: initialblockdownload,
      verificationProgress: verificationprogress,
    };
  }

  /** A node keeps all headers, pruned or not. */
  async reach(): Promise<number> {
    return 0;
  }

  async places(firstHeight: number, count: number): Promise<BlockPlace[]> {
    const places: BlockPlace[] = [];
    while (places.length < count) {
      const wanted = Math.min(HEADERS_MAX, count - places.length);
      const height = firstHeight + places.length;
      const { blockhash } = await this.#json(HashByHeight, `blockhashbyheight/${height}.json`, height);
      const bytes = await this.#get(`headers/${blockhash}.bin?count=${wanted}`, HEADERS_MAX * HEADER_BYTES);
      if (bytes.length === 0 || bytes.length % HEADER_BYTES !== 0 || bytes.length > wanted * HEADER_BYTES)
        throw new BlocksError(
          "refused",
          `${this.#base}headers answers with ${bytes.length} bytes, which are no headers`,
        );
      for (let offset = 0; offset < bytes.length; offset += HEADER_BYTES) {
        const { hash, previousBlockHash, time } = parseBlockHeader(bytes.subarray(offset, offset + HEADER_BYTES));
        const place = { height: firstHeight + places.length, hash, previousHash: previousBlockHash, time };
        const below = places.at(-1);
        if (below !== undefined && below.hash !== previousBlockHash) throw chainChanged(place.height);
        places.push(place);
      }
    }
    return places;
  }

  async block({ hash, height }: BlockPlace): Promise<Uint8Array> {
    try {
      return await this.#get(`block/${hash}.bin`, budgets.restBlock.bytes);
    } catch (error) {
      if (!(error instanceof BlocksError) || error.code !== "no_such_block") throw error;
      const { pruned, pruneheight } = await this.#chainInfo();
      throw pruned
        ? prunedError(height, pruneheight ?? null)
        : new BlocksError("missing_block", error.message, { cause: error });
    }
  }

  close(): void {}

  async #chainInfo(): Promise<Static<typeof ChainInfo>> {
    try {
      return await this.#json(ChainInfo, "chaininfo.json", null);
    } catch (cause) {
      if (!(cause instanceof BlocksError) || cause.code !== "no_such_block") throw cause;
      const remedy = "add rest=1 to its bitcoin.conf and start it anew, or use --blocks-from rpc";
      throw new BlocksError("refused", `${this.#base} is not there: the node has its REST interface off; ${remedy}`, {
        cause,
      });
    }
  }

  async #json<T extends TSchema>(schema: T, path: string, height: number | null): Promise<Static<T>> {
    const text = new TextDecoder().decode(await this.#get(path, budgets.restAnswer.bytes, height));
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw new BlocksError("refused", `${this.#base}${path} does not answer with JSON: is it a Bitcoin node?`, {
        cause,
      });
    }
    if (!Value.Check(schema, answer))
      throw new BlocksError("refused", `${this.#base}${path} does not answer as a Bitcoin node does`);
    return answer;
  }

  async #get(path: string, bytesMax: number, height: number | null = null): Promise<Uint8Array> {
    const url = this.#base + path;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([timeout, this.#signal]);
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await fetch(url, { signal, redirect: "error" });
      bytes = await bodyOf(response, bytesMax, url);
    } catch (cause) {
      if (this.#signal?.aborted || !isFetchFailure(cause)) throw cause;
      if (timeout.aborted) {
        const seconds = TIMEOUT_MS / 1000;
        throw new BlocksError("unreachable", `${url} did not answer in full within ${seconds} s`, { cause });
      }
      const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
      throw new BlocksError("unreachable", `${url} cannot be reached (${reason})`, { cause });
    }
    if (response.ok) return bytes;
    const text = new TextDecoder().decode(bytes);
    const said = text
      .slice(0, REPEATED_LENGTH_MAX)
      .replace(/\p{C}+/gu, " ")
      .trim();
    // 404 is also the answer of a node whose REST interface is off, and to a block whose bytes it does not have.
    const code = response.status === 404 ? "no_such_block" : response.status === 503 ? "unreachable" : "refused";
    const what = height === null ? "" : `block ${height}: `;
    throw new BlocksError(code, `${what}${url} answers ${response.status}${said === "" ? "" : `: ${said}`}`);
  }
}

/** `fetch` and its body fail with a TypeError that has a cause, or time out; other errors are not the connection's. */
function isFetchFailure(error: unknown): error is Error {
  return error instanceof Error && ((error instanceof TypeError && "cause" in error) || error.name === "TimeoutError");
}

/** @throws {BlocksError} when it is longer than what a node sends. */
async function bodyOf(response: Response, bytesMax: number, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) throw new BlocksError("refused", `${url} answers with more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
