import type { PriceEstimate, Source } from "@utxoracle/models";

/**
 * Whether amounts are known to be worth dollars. Of a node the chain must be known to be the main one. A simulation and a
 * recording count while no other chain is known: both are marked as what they are wherever their price is shown.
 */
export const isMainChain = (source: Source, chain: string | null): boolean =>
  chain === "main" || (chain === null && source !== "node");

/** The estimate as it may be published: a price is `ok` only on the main chain. */
export function publishable(estimate: PriceEstimate, isMain: boolean): PriceEstimate {
  return isMain || estimate.status !== "ok" ? estimate : { ...estimate, status: "low_confidence" };
}
