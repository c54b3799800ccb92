import { parentPort } from "node:worker_threads";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { ChainWindow } from "./chain-window.ts";
import { estimateConfirmed } from "./estimate-confirmed.ts";

/** A block's bytes. */
export interface RawBlock {
  readonly rawBytes: Uint8Array;
  readonly height: number;
}

/** Request to the worker: amounts, or consecutive blocks whose payments are estimated. */
export type EstimateJob = {
  readonly id: number;
  readonly engine: Engine;
} & ({ readonly amountsBtc: Float64Array } | { readonly blocks: readonly RawBlock[] });

/** Answer of the worker. */
export interface EstimateAnswer {
  readonly id: number;
  readonly estimate: PriceEstimate;
}

const port = parentPort;
if (port === null) throw new Error("estimate-worker runs in a worker thread");
port.on("message", (job: EstimateJob) => {
  const amountsBtc = "blocks" in job ? amountsOf(job.blocks) : job.amountsBtc;
  port.postMessage({ id: job.id, estimate: estimateConfirmed(job.engine)(amountsBtc) } satisfies EstimateAnswer);
});

function amountsOf(blocks: readonly RawBlock[]): Float64Array {
  const window = new ChainWindow({ seconds: Number.POSITIVE_INFINITY, keeps: "amounts" });
  for (const { rawBytes, height } of blocks) window.connect(rawBytes, height);
  return window.amountsBtc();
}
