import type { BlockchainInfo } from "@utxoracle/node-rpc";
import { chainChangeSentence, lackOfBlocks } from "./chain-sync.ts";

/** Why a node's data is not used, with what to do. */
export interface NodeRejection {
  readonly code: "wrong_chain" | "node_syncing";
  readonly message: string;
}

/** The tip of an accepted node. */
export type NodeTip = Pick<BlockchainInfo, "chain" | "blocks" | "bestBlockHash">;

/** News of the node's best chain. */
export type ChainEvent =
  /** The node is accepted and this is its tip; the blocks that the window wants were connected before. */
  | { readonly type: "tipReached"; readonly tip: NodeTip }
  /** A block was put on top of the window's chain. */
  | { readonly type: "blockConnected"; readonly rawBytes: Uint8Array };

/**
 * The node's best chain for everyone who needs its blocks. The node is polled once, by the loop that keeps the window in
 * sync; this class holds the one check of the node and passes on what that loop learns.
 */
export class NodeChain {
  /** The chain that the settings require; null: any. */
  readonly #required: string | null;
  /** The chain of the first accepted answer: another one is rejected from then on. */
  #followed: string | null = null;
  readonly #listeners = new Set<(event: ChainEvent) => void>();

  constructor(required: string | null) {
    this.#required = required;
  }

  /** Checks an answer of the node. @returns why the node is rejected; null when it is accepted. */
  check(info: BlockchainInfo): NodeRejection | null {
    const rejection = rejectionReason(info, this.#required, this.#followed);
    if (rejection === null) this.#followed = info.chain;
    return rejection;
  }

  /** @returns what ends the subscription. */
  subscribe(listener: (event: ChainEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: ChainEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/**
 * Why a node is rejected; null when it is not.
 * @param required the chain that the settings require; null: any.
 * @param followed the chain followed so far; null: none.
 */
export function rejectionReason(
  info: BlockchainInfo,
  required: string | null,
  followed: string | null = null,
): NodeRejection | null {
  if (required !== null && info.chain !== required)
    return {
      code: "wrong_chain",
      message: `the node is on chain ${info.chain}, --chain asks for ${required}: connect another node or change --chain`,
    };
  if (followed !== null && info.chain !== followed)
    return { code: "wrong_chain", message: chainChangeSentence(info.chain, followed) };
  const lack = lackOfBlocks(info);
  if (lack === null) return null;
  return {
    code: "node_syncing",
    message: `the node ${lack} and publishes old blocks as it gets them: there is a price when it is done`,
  };
}
