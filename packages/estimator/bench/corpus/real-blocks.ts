import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { batchPayouts, examineBlockTransactions } from "@utxoracle/tx-parser";
import { UsageError } from "./usage-error.ts";

/** Payments of one real block and the price that the exchanges paid then. */
export interface RealBlock {
  readonly height: string;
  readonly priceUsd: number;
  /** Amounts of its payments in BTC, in the order of the block. */
  readonly amountsBtc: readonly number[];
  /** Of each transaction with many outputs; none where only the amounts of payments are known. */
  readonly batches: readonly Float64Array[];
}

/**
 * The blocks that `real/truth.json` names, by height. Each is `real/HEIGHT.raw.gz` or, where only
 * the amounts are known, `real/HEIGHT.amounts.json`.
 *
 * @throws {UsageError} when the folder, or a block that `heights` names, is missing
 */
export function readRealBlocks(corpus: string, heights: readonly string[] | null): RealBlock[] {
  const folder = join(corpus, "real");
  const truthFile = join(folder, "truth.json");
  if (!existsSync(truthFile)) throw new UsageError(`no real blocks in ${corpus}: real/truth.json is missing`);
  const truth = JSON.parse(readFileSync(truthFile, "utf8")) as Record<string, number>;
  for (const height of heights ?? [])
    if (truth[height] === undefined) throw new UsageError(`--blocks names ${height}: ${truthFile} has no price of it`);
  return (heights ?? Object.keys(truth))
    .map((height) => ({ height, priceUsd: truth[height]!, ...contentOf(folder, height) }))
    .sort((a, b) => Number(a.height) - Number(b.height));
}

function contentOf(folder: string, height: string): Pick<RealBlock, "amountsBtc" | "batches"> {
  const raw = join(folder, `${height}.raw.gz`);
  if (existsSync(raw)) return blockContent(gunzipSync(readFileSync(raw)));
  const amounts = join(folder, `${height}.amounts.json`);
  if (!existsSync(amounts)) throw new UsageError(`${raw} is missing, and so is ${amounts}`);
  const { amounts: sats } = JSON.parse(readFileSync(amounts, "utf8")) as { amounts: number[] };
  return { amountsBtc: sats.map((value) => value / 1e8), batches: [] };
}

/** Payments and batch payouts of a raw block. */
export function blockContent(raw: Uint8Array): Pick<RealBlock, "amountsBtc" | "batches"> {
  const payments = examineBlockTransactions(raw, new Set(), 0);
  return {
    amountsBtc: payments.flatMap(({ transaction }) => transaction?.amounts ?? []),
    batches: batchPayouts(raw),
  };
}
