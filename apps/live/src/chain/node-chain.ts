import type { BlockchainInfo } from "@utxoracle/node-rpc";
import { chainChangeSentence, lackOfBlocks } from "./chain-sync.ts";

/** Why a node's data is not used, with what to do. */
export interface NodeRejection {
  readonly code: "wrong_chain" | "node_syncing";
  readonly message: string;
}

/** Best block of an accepted node. */
export type NodeTip = Pick<BlockchainInfo, "chain" | "blocks" | "bestBlockHash">;

/** A change of the node's best chain. */
export type ChainEvent =
  /**
   * The node is accepted and this is its tip. The window's blocks up to it were connected before.
   */
  | { readonly type: "tipReached"; readonly tip: NodeTip }
  /** A block was added on top of the window's chain. */
  | { readonly type: "blockConnected"; readonly rawBytes: Uint8Array };

/**
 * The node's best chain, for all consumers of blocks. Only the sync loop polls the node. This class
 * checks each answer (chain, sync progress) and forwards chain events to subscribers.
 */
export class NodeChain {
  /** Chain required by the settings; null: any. */
  readonly #required: string | null;
  /** Chain of the first accepted answer. Any other chain is rejected afterwards. */
  #followed: string | null = null;
  readonly #listeners = new Set<(event: ChainEvent) => void>();

  constructor(required: string | null) {
    this.#required = required;
  }

  /**
   * Checks an answer of the node.
   * @returns the reason for rejection; null if the node is accepted.
   */
  check(info: BlockchainInfo): NodeRejection | null {
    const rejection = rejectionReason(info, this.#required, this.#followed);
    if (rejection === null) this.#followed = info.chain;
    return rejection;
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (event: ChainEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: ChainEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/**
 * Why a node is rejected; null if it is accepted.
 * @param required chain required by the settings; null: any.
 * @param followed chain followed so far; null: none.
 */
export function rejectionReason(
  info: BlockchainInfo,
  required: string | null,
  followed: string | null = null,
): NodeRejection | null {
  if (required !== null && info.chain !== required)
    return {
      code: "wrong_chain",
      message: `the node is on chain ${info.chain}, but --chain is ${required}: connect another node or change --chain`,
    };
  if (followed !== null && info.chain !== followed)
    return { code: "wrong_chain", message: chainChangeSentence(info.chain, followed) };
  const lack = lackOfBlocks(info);
  if (lack === null) return null;
  return {
    code: "node_syncing",
    message: `the node ${lack}: the price starts when the node is synced`,
  };
}
