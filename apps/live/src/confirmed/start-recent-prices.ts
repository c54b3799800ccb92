import { type BlockSource, type BlocksNode, RestBlocks, RpcBlocks } from "@utxoracle/block-source";
import type { Engine } from "@utxoracle/models";
import type { Logger } from "pino";
import type { NodeChain } from "../chain/node-chain.ts";
import { budgets } from "../config/budgets.ts";
import { publishable } from "../state/chain-status.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import { EstimateThread } from "./estimate-thread.ts";
import { openHistory, type SavedHistory } from "./open-history.ts";
import { RecentPrices } from "./recent-prices.ts";

export interface RecentPricesPart {
  /** Problems that do not make the service unready. */
  notices(): readonly ReadinessReason[];
  /** Resolves after the signal's abort, when the thread has ended and the store is closed. */
  readonly ended: Promise<void>;
}

export interface StartRecentPricesOptions {
  readonly node: BlocksNode;
  readonly nodeChain: NodeChain;
  /** Address of the node's REST interface, used if it is enabled; null: do not try. */
  readonly restUrl: string | null;
  readonly history: ConfirmedHistory;
  /** Folder for saved prices; null: prices stay in memory. */
  readonly dataDirectory: string | null;
  readonly panelHours: number;
  readonly panelEngine: Engine;
  readonly log: Logger;
}

const limits = { maxAnswerBytes: budgets.restAnswer.bytes, maxBlockBytes: budgets.restBlock.bytes };

/**
 * Keeps the prices of the last days up to date until the signal aborts. Estimates run in a worker
 * thread.
 */
export function startRecentPrices(options: StartRecentPricesOptions, signal: AbortSignal): RecentPricesPart {
  const thread = new EstimateThread();
  let saved: SavedHistory | null = null;
  let isMain = false;
  const prices = new RecentPrices({
    ...options,
    openSource: () => openSource(options, signal),
    onChain: async (chain) => {
      isMain = chain === "main";
      if (options.dataDirectory !== null)
        saved = await openHistory(options.history, options.dataDirectory, chain, options.log);
    },
    estimate: async (engine, amountsBtc) => publishable(await thread.estimate(engine, amountsBtc), isMain),
  });
  const ended = prices.follow(options.nodeChain, signal).finally(async () => {
    await thread.end();
    saved?.close();
  });
  const notices = (): ReadinessReason[] =>
    saved === null || saved.unsaved === 0
      ? []
      : [
          {
            code: "prices_unsaved",
            message: `confirmed prices cannot be saved; ${saved.unsaved} are kept in memory: check the disk of --data-dir`,
          },
        ];
  return { notices, ended };
}

async function openSource({ node, restUrl }: StartRecentPricesOptions, signal: AbortSignal): Promise<BlockSource> {
  const rest = restUrl === null ? null : new RestBlocks(restUrl, { signal, limits });
  return rest !== null && (await rest.isEnabled()) ? rest : new RpcBlocks(node, { signal });
}
