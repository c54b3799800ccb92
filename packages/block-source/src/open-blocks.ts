import { createNodeRpc, type NodeRpcAuth } from "@utxoracle/node-rpc";
import { checkLimits, checkOptions, kindOf, sourceOptionKinds } from "./argument.ts";
import type { BlockSource, ChainTip } from "./block-source.ts";
import { FileBlocks } from "./file-blocks.ts";
import type { BlockLimits } from "./limits.ts";
import { RestBlocks } from "./rest-blocks.ts";
import { RpcBlocks } from "./rpc-blocks.ts";

/**
 * Interface of the node to read blocks from. `auto`: REST if the node has it enabled, otherwise
 * RPC.
 */
export type NodeInterface = "auto" | "rpc" | "rest";

/** Where blocks come from: the `blocks` folder of a node's data, or a running node. */
export type BlockOrigin =
  | { readonly directory: string }
  | {
      /** RPC address such as `http://127.0.0.1:8332`; REST uses the same one. */
      readonly url: string;
      readonly auth: NodeRpcAuth;
      readonly via?: NodeInterface;
    };

/** Options of {@link openBlocks}. */
export interface OpenBlocksOptions {
  /** Cancels the requests and reads of the source. */
  readonly signal?: AbortSignal;
  /** Receives harmless irregularities of block files, one line each. */
  readonly onNotice?: (text: string) => void;
  /** Bounds on what is accepted. */
  readonly limits?: BlockLimits;
}

/**
 * Opens a block source and checks that it answers.
 * @returns the source, which the caller closes, and the tip of its chain.
 * @throws {TypeError} for a wrong argument, which it names.
 * @throws {BlockSourceError} if the node does not answer or the folder holds no blocks.
 */
export async function openBlocks(
  origin: BlockOrigin,
  options: OpenBlocksOptions = {},
): Promise<{ source: BlockSource; tip: ChainTip }> {
  if (typeof origin !== "object" || origin === null || !("directory" in origin || "url" in origin))
    throw new TypeError(
      `origin must be { directory } or { url, auth }, got ${typeof origin === "object" && origin !== null ? "neither" : kindOf(origin)}`,
    );
  if ("directory" in origin) checkOptions<{ directory: string }>(origin, { directory: "any" }, "origin.");
  else checkOptions(origin, { url: "any", auth: "any", via: "any" }, "origin.");
  checkOptions(options, sourceOptionKinds);
  checkLimits(options.limits);
  const source =
    "directory" in origin ? new FileBlocks(origin.directory, options) : await openNodeBlocks(origin, options);
  try {
    return { source, tip: await source.tip() };
  } catch (error) {
    source.close();
    throw error;
  }
}

async function openNodeBlocks(
  { url, auth, via = "auto" }: Exclude<BlockOrigin, { directory: string }>,
  { signal, limits = {} }: OpenBlocksOptions,
): Promise<BlockSource> {
  if (!["auto", "rpc", "rest"].includes(via))
    throw new TypeError(`origin.via must be auto, rpc or rest, got ${JSON.stringify(via)}`);
  const cancel = signal === undefined ? {} : { signal };
  if (via !== "rpc") {
    const rest = new RestBlocks(url, { ...cancel, limits });
    if (via === "rest" || (await rest.isEnabled())) return rest;
  }
  const { maxAnswerBytes } = limits;
  const node = createNodeRpc({
    url,
    auth,
    ...(maxAnswerBytes === undefined ? {} : { maxResponseBytes: maxAnswerBytes }),
  });
  return new RpcBlocks(node, { ...cancel, onClose: () => node.close() });
}
