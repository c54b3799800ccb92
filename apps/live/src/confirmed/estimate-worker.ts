import { parentPort } from "node:worker_threads";
import { estimatePricePath, type PricePathPoint } from "@utxoracle/estimator";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { batchPayouts } from "@utxoracle/tx-parser";
import { ChainWindow } from "./chain-window.ts";
import { estimateConfirmed } from "./estimate-confirmed.ts";
import { type HindsightPrices, type HindsightRequest, hindsightPrices } from "./hindsight-prices.ts";

/** A block's bytes. */
export interface RawBlock {
  readonly rawBytes: Uint8Array;
  readonly height: number;
}

/** Amounts of blocks in BTC. */
export interface BlockAmounts {
  readonly amountsBtc: Float64Array;
  /** Of each transaction with many outputs. */
  readonly batches?: readonly Float64Array[];
}

/** Payments with their times, and moments whose prices are wanted. */
export interface PathRequest {
  readonly amountsBtc: Float64Array;
  /** Unix seconds of each amount. */
  readonly timestamps: Float64Array;
  /** Unix seconds. */
  readonly moments: readonly number[];
}

/**
 * Request to the worker: amounts, or consecutive blocks whose payments are estimated, or moments
 * whose prices in hindsight are wanted.
 */
export type EstimateJob = { readonly id: number } & (
  | ({ readonly engine: Engine } & (BlockAmounts | { readonly blocks: readonly RawBlock[] }))
  | { readonly path: PathRequest }
  | { readonly hindsight: HindsightRequest }
);

/** Answer of the worker. */
export type EstimateAnswer = { readonly id: number } & (
  | { readonly estimate: PriceEstimate }
  | { readonly prices: readonly (PricePathPoint | null)[] }
  | { readonly hindsight: HindsightPrices }
);

const port = parentPort;
if (port === null) throw new Error("estimate-worker runs in a worker thread");
port.on("message", (job: EstimateJob) => {
  if ("hindsight" in job) {
    port.postMessage({ id: job.id, hindsight: hindsightPrices(job.hindsight) } satisfies EstimateAnswer);
    return;
  }
  if ("path" in job) {
    port.postMessage({ id: job.id, prices: pathPrices(job.path) } satisfies EstimateAnswer);
    return;
  }
  const { amountsBtc, batches } = "blocks" in job ? amountsOf(job.blocks) : job;
  port.postMessage({
    id: job.id,
    estimate: estimateConfirmed(job.engine)(amountsBtc, batches),
  } satisfies EstimateAnswer);
});

function pathPrices({ amountsBtc, timestamps, moments }: PathRequest): (PricePathPoint | null)[] {
  const path = estimatePricePath(amountsBtc, { timestamps });
  return moments.map((moment) => path.estimateAt(moment));
}

function amountsOf(blocks: readonly RawBlock[]): BlockAmounts {
  const window = new ChainWindow({ seconds: Number.POSITIVE_INFINITY, keeps: "amounts" });
  for (const { rawBytes, height } of blocks) window.connect(rawBytes, height);
  return { amountsBtc: window.amountsBtc(), batches: blocks.flatMap(({ rawBytes }) => batchPayouts(rawBytes)) };
}
