import { budgets } from "../config/budgets.ts";
import { type NodeAuth, openNodeRpc } from "../config/node-access.ts";
import type { BlockSource, ChainTip } from "./block-source.ts";
import { BlocksError } from "./blocks-error.ts";
import { FileBlocks } from "./file-blocks.ts";
import { RestBlocks } from "./rest-blocks.ts";
import { RpcBlocks } from "./rpc-blocks.ts";

/** Where blocks are to come from. */
export interface BlockAccess {
  readonly from:
    | { readonly directory: string }
    | { readonly url: string; readonly auth: NodeAuth; readonly way: NodeWay };
  /** The only chain that is accepted; null: any. */
  readonly chain: string | null;
}

/** `auto`: REST where the node has it on, else RPC. */
export type NodeWay = "auto" | "rpc" | "rest";

export interface OpenBlocksOptions {
  readonly signal?: AbortSignal;
  /** Told what is odd and does not stand in the way, one line each. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Opens the source of blocks and makes sure that it answers.
 * @throws {BlocksError} `unreachable`, `wrong_chain`, or what the source itself throws.
 */
export async function openBlocks(
  { from, chain }: BlockAccess,
  options: OpenBlocksOptions = {},
): Promise<{ source: BlockSource; tip: ChainTip }> {
  const source =
    "directory" in from
      ? new FileBlocks(from.directory, { ...options, maxBlocks: budgets.blockFiles.count })
      : await nodeBlocks(from, options.signal);
  try {
    const tip = await source.tip();
    if (chain !== null && tip.chain !== chain)
      throw new BlocksError("wrong_chain", `the blocks are of chain ${tip.chain}, --chain asks for ${chain}`);
    return { source, tip };
  } catch (error) {
    source.close();
    throw error;
  }
}

async function nodeBlocks(
  { url, auth, way }: { readonly url: string; readonly auth: NodeAuth; readonly way: NodeWay },
  signal: AbortSignal | undefined,
): Promise<BlockSource> {
  if (way !== "rpc") {
    const rest = new RestBlocks(url, signal);
    if (way === "rest" || (await rest.isOn())) return rest;
  }
  return new OwnRpcBlocks(url, auth, signal);
}

/** With a connection of its own, closed with it. */
class OwnRpcBlocks extends RpcBlocks {
  readonly #closeNode: () => void;

  constructor(url: string, auth: NodeAuth, signal: AbortSignal | undefined) {
    const node = openNodeRpc(url, auth);
    super(node, signal);
    this.#closeNode = () => node.close();
  }

  override close(): void {
    this.#closeNode();
  }
}
