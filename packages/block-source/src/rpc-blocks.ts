import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { checkOptions, kindOf } from "./argument.ts";
import type { BlockPlace, BlockSource, ChainTip } from "./block-source.ts";
import { BlockSourceError, chainChanged } from "./error.ts";

/** RPC error numbers of Bitcoin Core (src/rpc/protocol.h). */
const RPC_MISC_ERROR = -1;
const RPC_INVALID_PARAMETER = -8;

/** Concurrent calls: what a node answers at once by default. */
const MAX_CONCURRENT = 4;

/** The RPC calls that reading blocks needs. */
export type BlocksNode = Pick<NodeRpc, "getBlockchainInfo" | "getBlockHash" | "getBlockHeader" | "getBlock">;

/** Options of {@link RpcBlocks}. */
export interface RpcBlocksOptions {
  /** Cancels all requests. */
  readonly signal?: AbortSignal;
  /** Called by `close()`, for example to close the RPC client; by default it stays open. */
  readonly onClose?: () => void;
}

/** Blocks from a node over JSON-RPC. */
export class RpcBlocks implements BlockSource {
  readonly kind = "rpc";
  readonly #node: BlocksNode;
  readonly #call: { readonly signal?: AbortSignal };
  readonly #onClose: () => void;

  constructor(node: BlocksNode, options: RpcBlocksOptions = {}) {
    checkOptions(options, { signal: "signal", onClose: "function" });
    const { signal, onClose = () => {} } = options;
    if (typeof node !== "object" || node === null || !("getBlockchainInfo" in node))
      throw new TypeError(`node must be an RPC client, such as the one of createNodeRpc, got ${kindOf(node)}`);
    this.#node = node;
    this.#call = signal === undefined ? {} : { signal };
    this.#onClose = onClose;
  }

  async tip(): Promise<ChainTip> {
    const info = await translated(this.#node.getBlockchainInfo(this.#call));
    const { chain, blocks, headers, initialBlockDownload, verificationProgress } = info;
    return {
      chain,
      height: blocks,
      missingBlocks: Math.max(0, headers - blocks),
      initialBlockDownload,
      verificationProgress,
    };
  }

  /** Always 0: a pruned node keeps all headers too. */
  async reach(): Promise<number> {
    return 0;
  }

  async places(firstHeight: number, count: number): Promise<BlockPlace[]> {
    const places: BlockPlace[] = [];
    while (places.length < count) {
      const heights = Array.from(
        { length: Math.min(MAX_CONCURRENT, count - places.length) },
        (_, index) => firstHeight + places.length + index,
      );
      places.push(...(await translated(Promise.all(heights.map((height) => this.#place(height))))));
    }
    places.forEach((place, index) => {
      if (index > 0 && place.previousHash !== places[index - 1]?.hash) throw chainChanged(place.height);
    });
    return places;
  }

  async block({ hash, height }: BlockPlace): Promise<Uint8Array> {
    try {
      return await this.#node.getBlock(hash, this.#call);
    } catch (error) {
      if (error instanceof NodeRpcError && error.rpcCode === RPC_MISC_ERROR)
        throw await this.#missingBlock(height, error);
      throw asBlockSourceError(error);
    }
  }

  close(): void {
    this.#onClose();
  }

  async #place(height: number): Promise<BlockPlace> {
    const hash = await this.#node.getBlockHash(height, this.#call);
    const { time, previousBlockHash } = await this.#node.getBlockHeader(hash, this.#call);
    return { height, hash, previousHash: previousBlockHash, time };
  }

  async #missingBlock(height: number, cause: NodeRpcError): Promise<BlockSourceError> {
    const { pruned, pruneHeight } = await translated(this.#node.getBlockchainInfo(this.#call));
    return pruned ? prunedError(height, pruneHeight) : new BlockSourceError("missing_block", cause.message, { cause });
  }
}

/** @param lowestKept height of the oldest block that the node still has; null if unknown. */
export function prunedError(height: number, lowestKept: number | null): BlockSourceError {
  const reach = lowestKept === null ? "" : `; its blocks reach back to ${lowestKept}`;
  return new BlockSourceError(
    "pruned",
    `the node is pruned and has deleted block ${height}${reach}: ask for a later time, or a node that keeps all blocks`,
  );
}

const UNREACHABLE: ReadonlySet<string> = new Set(["unreachable", "timeout", "warming_up", "busy", "cookie_missing"]);

async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asBlockSourceError(error);
  }
}

function asBlockSourceError(error: unknown): unknown {
  if (!(error instanceof NodeRpcError)) return error;
  const { code, message, rpcCode } = error;
  if (rpcCode === RPC_INVALID_PARAMETER) return new BlockSourceError("no_such_block", message, { cause: error });
  return new BlockSourceError(UNREACHABLE.has(code) ? "unreachable" : "refused", message, { cause: error });
}
