import { type BlockSource, type BlocksNode, RestBlocks, RpcBlocks } from "@utxoracle/block-source";
import type { Engine } from "@utxoracle/models";
import type { Logger } from "pino";
import { budgets } from "../config/budgets.ts";
import { publishable } from "../state/chain-status.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { ChainFollower } from "./chain-follower.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import { EstimateThread } from "./estimate-thread.ts";
import { openHistory, type SavedHistory } from "./open-history.ts";

export interface FollowChainOptions {
  readonly node: BlocksNode;
  /** Address of the node's REST interface, should it be on; null: do not try. */
  readonly restUrl: string | null;
  /** The only chain that is followed; null: any. */
  readonly chain: string | null;
  readonly history: ConfirmedHistory;
  /** Where prices are kept; null: in memory. */
  readonly dataDirectory: string | null;
  readonly panelHours: number;
  readonly panelEngine: Engine;
  readonly log: Logger;
}

const limits = { maxAnswerBytes: budgets.restAnswer.bytes, maxBlockBytes: budgets.restBlock.bytes };

/** What goes on beside the service. */
export interface FollowedChain {
  /** There may be a new block. */
  notice(): void;
  /** What does not work as it should, without keeping the service from being ready. */
  notices(): readonly ReadinessReason[];
  /** Resolves when all is put away, after the signal's abort. */
  readonly ended: Promise<void>;
}

/** Follows the node's chain beside the service until the signal aborts. */
export function followChain(options: FollowChainOptions, signal: AbortSignal): FollowedChain {
  const thread = new EstimateThread();
  let saved: SavedHistory | null = null;
  let isMain = false;
  const keepIn = async (chain: string): Promise<void> => {
    isMain = chain === "main";
    if (options.dataDirectory !== null)
      saved = await openHistory(options.history, options.dataDirectory, chain, options.log);
  };
  const follower = new ChainFollower({
    ...options,
    source: () => nodeBlocks(options, signal),
    onChain: keepIn,
    estimate: async (engine, amountsBtc) => publishable(await thread.estimate(engine, amountsBtc), isMain),
  });
  const ended = follower.run(signal).finally(async () => {
    await thread.end();
    saved?.close();
  });
  const notices = (): ReadinessReason[] =>
    saved === null || saved.unsaved === 0
      ? []
      : [
          {
            code: "prices_unsaved",
            message: `the disk takes no confirmed prices: ${saved.unsaved} wait in memory; check the disk of --data-dir`,
          },
        ];
  return { notice: () => follower.notice(), notices, ended };
}

async function nodeBlocks({ node, restUrl }: FollowChainOptions, signal: AbortSignal): Promise<BlockSource> {
  const rest = restUrl === null ? null : new RestBlocks(restUrl, { signal, limits });
  return rest !== null && (await rest.isEnabled()) ? rest : new RpcBlocks(node, { signal });
}
