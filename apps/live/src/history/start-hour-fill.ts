import { setTimeout as sleep } from "node:timers/promises";
import type { BlockSource } from "@utxoracle/block-source";
import type { Logger } from "pino";
import type { NodeChain } from "../chain/node-chain.ts";
import { engineOf } from "../confirmed/estimate-confirmed.ts";
import { EstimateThread } from "../confirmed/estimate-thread.ts";
import { aborted } from "../process/supervisor.ts";
import { publishable } from "../state/chain-status.ts";
import { HourFill } from "./hour-fill.ts";
import type { PriceHistory } from "./price-history.ts";

export interface StartHourFillOptions {
  readonly openSource: () => Promise<BlockSource>;
  readonly nodeChain: NodeChain;
  /** Resolves when the saved data of a chain is loaded. */
  readonly openData: (chain: string) => Promise<void>;
  readonly history: PriceHistory;
  /** Unix seconds. */
  readonly now: () => number;
  readonly log: Logger;
  /** Computes the estimates. Default: a worker thread. */
  readonly thread?: Pick<EstimateThread, "estimateBlocks" | "end">;
}

/**
 * Fills the price history from the node's blocks, from its first accepted tip until the signal
 * aborts.
 */
export async function startHourFill(options: StartHourFillOptions, signal: AbortSignal): Promise<void> {
  const { nodeChain, openData, openSource, history, now, log, thread = new EstimateThread() } = options;
  const chain = await Promise.race([firstChain(nodeChain), aborted(signal)]);
  if (chain === undefined || signal.aborted) return;
  await openData(chain);
  const fill = new HourFill({
    ...{ openSource, history, now, log },
    estimate: async (blocks) =>
      publishable(await thread.estimateBlocks(engineOf({ hours: 1 }), blocks), chain === "main"),
    pause: async (ms, ending) => await sleep(ms, undefined, { signal: ending, ref: false }).catch(() => undefined),
    clock: () => performance.now(),
  });
  await fill.run(signal).finally(() => thread.end());
}

/** The chain of the first accepted tip. */
function firstChain(nodeChain: NodeChain): Promise<string> {
  return new Promise((resolve) => {
    const unsubscribe = nodeChain.subscribe((event) => {
      if (event.type !== "tipReached") return;
      unsubscribe();
      resolve(event.tip.chain);
    });
  });
}
