import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import type { BlockPlace, BlockSource, ChainTip } from "./block-source.ts";
import { BlocksError, chainChanged } from "./blocks-error.ts";

/** RPC error numbers of Bitcoin Core (src/rpc/protocol.h). */
const RPC_MISC_ERROR = -1;
const RPC_INVALID_PARAMETER = -8;

/** Calls under way at once: as many as a node answers at once by its own default. */
const AT_ONCE = 4;

/** The calls that blocks take. */
export type BlocksNode = Pick<NodeRpc, "getBlockchainInfo" | "getBlockHash" | "getBlockHeader" | "getBlock">;

/** Blocks from a node over JSON-RPC. The node is the caller's: closing the source leaves it open. */
export class RpcBlocks implements BlockSource {
  readonly kind = "rpc";
  readonly #node: BlocksNode;
  readonly #signal: AbortSignal | undefined;

  constructor(node: BlocksNode, signal?: AbortSignal) {
    this.#node = node;
    this.#signal = signal;
  }

  async tip(): Promise<ChainTip> {
    const info = await this.#asked(this.#node.getBlockchainInfo(this.#options()));
    const { chain, blocks, headers, initialBlockDownload, verificationProgress } = info;
    return {
      chain,
      height: blocks,
      missingBlocks: Math.max(0, headers - blocks),
      initialBlockDownload,
      verificationProgress,
    };
  }

  /** A node keeps all headers, pruned or not. */
  async reach(): Promise<number> {
    return 0;
  }

  async places(firstHeight: number, count: number): Promise<BlockPlace[]> {
    const places: BlockPlace[] = [];
    while (places.length < count) {
      const heights = Array.from(
        { length: Math.min(AT_ONCE, count - places.length) },
        (_, index) => firstHeight + places.length + index,
      );
      places.push(...(await this.#asked(Promise.all(heights.map((height) => this.#place(height))))));
    }
    places.forEach((place, index) => {
      if (index > 0 && place.previousHash !== places[index - 1]?.hash) throw chainChanged(place.height);
    });
    return places;
  }

  async #place(height: number): Promise<BlockPlace> {
    const hash = await this.#node.getBlockHash(height, this.#options());
    const { time, previousBlockHash } = await this.#node.getBlockHeader(hash, this.#options());
    return { height, hash, previousHash: previousBlockHash, time };
  }

  async block({ hash, height }: BlockPlace): Promise<Uint8Array> {
    try {
      return await this.#node.getBlock(hash, this.#options());
    } catch (error) {
      if (error instanceof NodeRpcError && error.rpcCode === RPC_MISC_ERROR) throw await this.#missing(height, error);
      throw asBlocksError(error);
    }
  }

  close(): void {}

  #options(): { signal?: AbortSignal } {
    return this.#signal === undefined ? {} : { signal: this.#signal };
  }

  async #asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw asBlocksError(error);
    }
  }

  async #missing(height: number, cause: NodeRpcError): Promise<BlocksError> {
    const { pruned, pruneHeight } = await this.#asked(this.#node.getBlockchainInfo(this.#options()));
    return pruned ? prunedError(height, pruneHeight) : new BlocksError("missing_block", cause.message, { cause });
  }
}

/** @param lowestKept height of the oldest block that is still there; null where the node does not tell. */
export function prunedError(height: number, lowestKept: number | null): BlocksError {
  const reach = lowestKept === null ? "" : `; its blocks reach back to ${lowestKept}`;
  return new BlocksError(
    "pruned",
    `the node is pruned and has deleted block ${height}${reach}: ask for a later time, or a node that keeps all blocks`,
  );
}

const UNREACHABLE: ReadonlySet<string> = new Set(["unreachable", "timeout", "warming_up", "busy", "cookie_missing"]);

function asBlocksError(error: unknown): unknown {
  if (!(error instanceof NodeRpcError)) return error;
  const { code, message, rpcCode } = error;
  if (rpcCode === RPC_INVALID_PARAMETER) return new BlocksError("no_such_block", message, { cause: error });
  return new BlocksError(UNREACHABLE.has(code) ? "unreachable" : "refused", message, { cause: error });
}
