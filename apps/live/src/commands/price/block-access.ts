import {
  type BlockSource,
  BlockSourceError,
  type ChainTip,
  type NodeInterface,
  openBlocks,
} from "@utxoracle/block-source";
import { budgets } from "../../config/budgets.ts";
import { type NodeAuth, rpcAuth } from "../../config/node-access.ts";

/** Configured source of blocks. */
export interface BlockAccess {
  readonly from:
    | { readonly directory: string }
    | { readonly url: string; readonly auth: NodeAuth; readonly via: NodeInterface };
  /** The only accepted chain; null: any. */
  readonly chain: string | null;
}

/** Bounds of a block source, from the budgets. */
export const blockLimits = {
  maxBlocks: budgets.blockFiles.count,
  maxAnswerBytes: budgets.restAnswer.bytes,
  maxBlockBytes: budgets.restBlock.bytes,
};

/** @throws {BlockSourceError} if the source does not respond or is on another chain. */
export async function openBlockAccess(
  { from, chain }: BlockAccess,
  options: { readonly signal?: AbortSignal; readonly onNotice?: (text: string) => void } = {},
): Promise<{ source: BlockSource; tip: ChainTip }> {
  const origin = "directory" in from ? from : { ...from, auth: rpcAuth(from.auth) };
  const { source, tip } = await openBlocks(origin, { ...options, limits: blockLimits });
  if (chain === null || tip.chain === chain) return { source, tip };
  source.close();
  throw new BlockSourceError("wrong_chain", `the blocks are of chain ${tip.chain}, but --chain is ${chain}`);
}
