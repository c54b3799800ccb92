import { type BlockSource, type BlocksNode, RestBlocks, RpcBlocks } from "@utxoracle/block-source";
import type { Engine } from "@utxoracle/models";
import type { Logger } from "pino";
import type { NodeChain } from "../chain/node-chain.ts";
import { budgets } from "../config/budgets.ts";
import { publishable } from "../state/chain-status.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import { EstimateThread } from "./estimate-thread.ts";
import { RecentPrices } from "./recent-prices.ts";

export interface RecentPricesPart {
  /** Resolves after the signal's abort, when the thread has ended. */
  readonly ended: Promise<void>;
}

export interface StartRecentPricesOptions {
  readonly node: BlocksNode;
  readonly nodeChain: NodeChain;
  /** Address of the node's REST interface, used if it is enabled; null: do not try. */
  readonly restUrl: string | null;
  readonly history: ConfirmedHistory;
  /** Called once with the chain's name, before the history changes. */
  readonly openData: (chain: string) => Promise<void>;
  readonly panelHours: number;
  readonly panelEngine: Engine;
  readonly log: Logger;
  /** Computes the estimates. Default: a worker thread. */
  readonly thread?: Pick<EstimateThread, "estimate" | "end">;
}

const limits = { maxAnswerBytes: budgets.restAnswer.bytes, maxBlockBytes: budgets.restBlock.bytes };

/**
 * Keeps the prices of the last days up to date until the signal aborts. No price of a test
 * chain is `ok`.
 */
export function startRecentPrices(options: StartRecentPricesOptions, signal: AbortSignal): RecentPricesPart {
  const { thread = new EstimateThread() } = options;
  let isMain = false;
  const prices = new RecentPrices({
    ...options,
    openSource: () => openSource(options, signal),
    onChain: async (chain) => {
      isMain = chain === "main";
      await options.openData(chain);
    },
    estimate: async (engine, amountsBtc) => publishable(await thread.estimate(engine, amountsBtc), isMain),
  });
  const ended = prices.follow(options.nodeChain, signal).finally(() => thread.end());
  return { ended };
}

/** Opens the REST interface of the node if it is enabled, else RPC. */
export async function openSource(
  { node, restUrl }: Pick<StartRecentPricesOptions, "node" | "restUrl">,
  signal: AbortSignal,
): Promise<BlockSource> {
  const rest = restUrl === null ? null : new RestBlocks(restUrl, { signal, limits });
  return rest !== null && (await rest.isEnabled()) ? rest : new RpcBlocks(node, { signal });
}
