import type { EstimateStatus } from "@utxoracle/models";
import { expect, it } from "vitest";
import { isMainChain, publishable } from "../src/state/chain-status.ts";

const estimate = (status: EstimateStatus) =>
  ({ price: 60_000, interval: null, confidence: 0.9, status, windowPrice: null }) as never;

it.each([
  ["main", "ok"],
  ["regtest", "low_confidence"],
  ["signet", "low_confidence"],
  [null, "low_confidence"],
] as const)("an ok price of a node on chain %s is published as %s", (chain, status) => {
  expect(publishable(estimate("ok"), isMainChain("node", chain))).toMatchObject({ status });
});

it.each(["low_confidence", "no_estimate"] as const)("a price that is %s stays so on every chain", (status) => {
  for (const isMain of [true, false]) expect(publishable(estimate(status), isMain)).toMatchObject({ status });
});
