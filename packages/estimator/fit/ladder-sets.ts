import { readRealBlocks } from "../bench/corpus/real-blocks.ts";
import { blockAmounts, mempoolAmounts } from "./corpus-set.ts";
import type { PricedSet } from "./ladder-counts.ts";

/** Where only the range of a day is known, the price is good to this. */
const DAY_TOLERANCE = 0.025;
const HOUR_TOLERANCE = 0.006;
/** Blocks of which the corpus knows the price of the hour. */
const HOURS_KNOWN = ["907139", "892614", "905646", "840243"];
/** Too few payments to find the place of the price by. */
const LEAST_PAYMENTS = 300;

/** The real payments of the corpus from 2021 to 2025 whose price is known. */
export function ladderSets(corpus: string): PricedSet[] {
  const blocks = readRealBlocks(corpus, null)
    .filter(({ amountsBtc }) => amountsBtc.length >= LEAST_PAYMENTS)
    .map(({ height, priceUsd, amountsBtc }) => ({
      name: height,
      sats: Float64Array.from(amountsBtc, (btc) => Math.round(btc * 1e8)),
      priceUsd,
      tolerance: HOURS_KNOWN.includes(height) ? HOUR_TOLERANCE : DAY_TOLERANCE,
    }));
  return [
    ...blocks,
    { name: "702861", sats: blockAmounts("702861"), priceUsd: 43_000, tolerance: DAY_TOLERANCE },
    { name: "mempool 2024-03-14", sats: mempoolAmounts(), priceUsd: 73_400, tolerance: HOUR_TOLERANCE },
  ];
}
