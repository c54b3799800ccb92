import { isChainName } from "@utxoracle/node-rpc";
import { parseBlockHeader } from "@utxoracle/tx-parser";
import { checkLimits, checkOptions, kindOf } from "./argument.ts";
import type { BlockPlace, BlockSource, ChainTip } from "./block-source.ts";
import { BlockSourceError, chainChanged } from "./error.ts";
import { type BlockLimits, MAX_ANSWER_BYTES, MAX_BLOCK_BYTES } from "./limits.ts";
import { prunedError } from "./rpc-blocks.ts";

const HEADER_BYTES = 80;
/** Headers in one answer (Bitcoin Core, doc/REST-interface.md). */
const MAX_HEADERS = 2000;
/** For a whole answer. */
const TIMEOUT_MS = 30_000;
/** Characters of the node's own text that an error repeats. */
const MAX_QUOTED_LENGTH = 200;
const MAX_HEIGHT = 2 ** 31 - 1;

interface ChainInfo {
  readonly chain: string;
  readonly blocks: number;
  readonly headers: number;
  readonly initialblockdownload: boolean;
  readonly verificationprogress: number;
  readonly pruned: boolean;
  readonly pruneheight?: number;
}

/** Options of {@link RestBlocks}. */
export interface RestBlocksOptions {
  /** Cancels all requests. */
  readonly signal?: AbortSignal;
  /** Bounds on what is accepted. */
  readonly limits?: BlockLimits;
}

/** Blocks from a node's REST interface (`rest=1` in bitcoin.conf): binary, no password. */
export class RestBlocks implements BlockSource {
  readonly kind = "rest";
  readonly #base: string;
  readonly #signal: AbortSignal | undefined;
  readonly #maxAnswerBytes: number;
  readonly #maxBlockBytes: number;

  /** @param url the node's RPC address. */
  constructor(url: string, options: RestBlocksOptions = {}) {
    checkOptions(options, { signal: "signal", limits: "object" });
    checkLimits(options.limits);
    const { signal, limits = {} } = options;
    if (typeof url !== "string" || !/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new TypeError(`url must be an address like http://127.0.0.1:8332, got ${kindOf(url)}`);
    this.#base = new URL("/rest/", url).href;
    this.#signal = signal;
    this.#maxAnswerBytes = limits.maxAnswerBytes ?? MAX_ANSWER_BYTES;
    this.#maxBlockBytes = limits.maxBlockBytes ?? MAX_BLOCK_BYTES;
  }

  /** Whether the node has the interface enabled; false also if nothing answers. */
  async isEnabled(): Promise<boolean> {
    try {
      await this.#chainInfo();
      return true;
    } catch (error) {
      if (error instanceof BlockSourceError) return false;
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

  /** Always 0: a pruned node keeps all headers too. */
  async reach(): Promise<number> {
    return 0;
  }

  async places(firstHeight: number, count: number): Promise<BlockPlace[]> {
    const places: BlockPlace[] = [];
    while (places.length < count) {
      const wanted = Math.min(MAX_HEADERS, count - places.length);
      const height = firstHeight + places.length;
      const { blockhash } = await this.#json(isHashByHeight, `blockhashbyheight/${height}.json`, height);
      const bytes = await this.#get(`headers/${blockhash}.bin?count=${wanted}`, MAX_HEADERS * HEADER_BYTES);
      if (bytes.length === 0 || bytes.length % HEADER_BYTES !== 0 || bytes.length > wanted * HEADER_BYTES)
        throw new BlockSourceError(
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
      return await this.#get(`block/${hash}.bin`, this.#maxBlockBytes);
    } catch (error) {
      if (!(error instanceof BlockSourceError) || error.code !== "no_such_block") throw error;
      const { pruned, pruneheight } = await this.#chainInfo();
      throw pruned
        ? prunedError(height, pruneheight ?? null)
        : new BlockSourceError("missing_block", error.message, { cause: error });
    }
  }

  close(): void {}

  async #chainInfo(): Promise<ChainInfo> {
    try {
      return await this.#json(isChainInfo, "chaininfo.json", null);
    } catch (cause) {
      if (!(cause instanceof BlockSourceError) || cause.code !== "no_such_block") throw cause;
      const remedy = "add rest=1 to its bitcoin.conf and restart it, or read blocks over RPC";
      throw new BlockSourceError(
        "refused",
        `${this.#base} is not there: the node has its REST interface off; ${remedy}`,
        { cause },
      );
    }
  }

  async #json<T>(isValid: (answer: unknown) => answer is T, path: string, height: number | null): Promise<T> {
    const text = new TextDecoder().decode(await this.#get(path, this.#maxAnswerBytes, height));
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw new BlockSourceError("refused", `${this.#base}${path} does not answer with JSON: is it a Bitcoin node?`, {
        cause,
      });
    }
    if (!isValid(answer))
      throw new BlockSourceError("refused", `${this.#base}${path} does not answer as a Bitcoin node does`);
    return answer;
  }

  async #get(path: string, maxBytes: number, height: number | null = null): Promise<Uint8Array> {
    const url = this.#base + path;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([timeout, this.#signal]);
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await fetch(url, { signal, redirect: "error" });
      bytes = await bodyOf(response, maxBytes, url);
    } catch (cause) {
      if (this.#signal?.aborted || !isFetchFailure(cause)) throw cause;
      if (timeout.aborted) {
        const seconds = TIMEOUT_MS / 1000;
        throw new BlockSourceError("unreachable", `${url} did not answer in full within ${seconds} s`, { cause });
      }
      const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
      throw new BlockSourceError("unreachable", `${url} cannot be reached (${reason})`, { cause });
    }
    if (response.ok) return bytes;
    const quoted = new TextDecoder()
      .decode(bytes)
      .slice(0, MAX_QUOTED_LENGTH)
      .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")
      .trim();
    // 404 has three meanings: no such block, block bytes deleted, REST disabled.
    const code = response.status === 404 ? "no_such_block" : response.status === 503 ? "unreachable" : "refused";
    const what = height === null ? "" : `block ${height}: `;
    throw new BlockSourceError(code, `${what}${url} answers ${response.status}${quoted === "" ? "" : `: ${quoted}`}`);
  }
}

const isWhole = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_HEIGHT;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isChainInfo(answer: unknown): answer is ChainInfo {
  if (!isRecord(answer)) return false;
  const progress = answer["verificationprogress"];
  return (
    isChainName(answer["chain"]) &&
    isWhole(answer["blocks"], 0) &&
    isWhole(answer["headers"], -1) &&
    typeof answer["initialblockdownload"] === "boolean" &&
    typeof progress === "number" &&
    progress >= 0 &&
    progress <= 2 &&
    typeof answer["pruned"] === "boolean" &&
    (answer["pruneheight"] === undefined || isWhole(answer["pruneheight"], 0))
  );
}

function isHashByHeight(answer: unknown): answer is { readonly blockhash: string } {
  return isRecord(answer) && typeof answer["blockhash"] === "string" && /^[0-9a-f]{64}$/.test(answer["blockhash"]);
}

/**
 * `fetch` and its body fail with a TypeError that has a cause, or time out; other errors are
 * defects.
 */
function isFetchFailure(error: unknown): error is Error {
  return error instanceof Error && ((error instanceof TypeError && "cause" in error) || error.name === "TimeoutError");
}

/** @throws {BlockSourceError} when it exceeds `maxBytes`. */
async function bodyOf(response: Response, maxBytes: number, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new BlockSourceError("refused", `${url} answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
