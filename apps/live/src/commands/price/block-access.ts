import {
  type BlockSource,
  BlockSourceError,
  type ChainTip,
  type NodeInterface,
  openBlocks,
} from "@utxoracle/block-source";
import { budgets } from "../../config/budgets.ts";
import { type NodeAuth, nodeAuth, rpcAuth } from "../../config/node-access.ts";
import type { Settings } from "../../config/schema.ts";
import { ExitCode, UserError } from "../../config/user-error.ts";

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

/** The configured source of blocks. @throws {UserError} without one. */
export function blockAccess(
  command: "price" | "score",
  { settings, machine }: { readonly settings: Settings; readonly machine: Parameters<typeof nodeAuth>[1] },
): BlockAccess {
  const chain = settings.chain ?? null;
  const directory = settings["blocks-dir"];
  if (directory !== undefined) return { from: { directory }, chain };
  const url = settings["rpc-url"];
  if (url === "none") throw new UserError(`${command}: --rpc-url is none; set the node's RPC URL, or --blocks-dir`);
  return { from: { url, auth: nodeAuth(settings, machine), via: settings["blocks-from"] }, chain };
}

/** A problem with blocks as one that the user can fix. */
export function asUserError(error: BlockSourceError): UserError {
  const exitCode = error.code === "unreachable" ? ExitCode.unreachable : ExitCode.failed;
  return new UserError(error.message, exitCode, { cause: error });
}
