import { parentPort } from "node:worker_threads";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { estimateConfirmed } from "./estimate-confirmed.ts";

/** Request to the worker. */
export interface EstimateJob {
  readonly id: number;
  readonly engine: Engine;
  readonly amountsBtc: Float64Array;
}

/** Answer of the worker. */
export interface EstimateAnswer {
  readonly id: number;
  readonly estimate: PriceEstimate;
}

const port = parentPort;
if (port === null) throw new Error("estimate-worker runs in a worker thread");
port.on("message", ({ id, engine, amountsBtc }: EstimateJob) => {
  port.postMessage({ id, estimate: estimateConfirmed(engine)(amountsBtc) } satisfies EstimateAnswer);
});
