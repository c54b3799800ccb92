import type { PriceEstimate, Source } from "@utxoracle/models";

/**
 * Whether amounts have a dollar value. A node must report the main chain. A simulation or recording
 * counts as the main chain unless another one is known; its `source` is shown with every price.
 */
export const isMainChain = (source: Source, chain: string | null): boolean =>
  chain === "main" || (chain === null && source !== "node");

/** Lowers the status `ok` to `low_confidence` unless the chain is the main one. */
export function publishable(estimate: PriceEstimate, isMain: boolean): PriceEstimate {
  return isMain || estimate.status !== "ok" ? estimate : { ...estimate, status: "low_confidence" };
}
