import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { corpusPath, isAvailable, needs } from "@utxoracle/testkit";
import { examineBlockTransactions, examineMempoolTransactions } from "@utxoracle/tx-parser";
import { describe, expect, it } from "vitest";
import { estimateReference } from "../src/index.ts";
import { BIN_STARTS_BTC, SMOOTH_STENCIL } from "../src/reference/stencils.ts";

interface Vector {
  input: string;
  after?: number;
  until?: number;
  outputs: number;
  best_slide: number;
  best_slide_score: number;
  total_score: number;
  rough_price_usd: number;
  price_points: number;
  central_price_usd: number;
  deviation_pct: number;
  axis_low_usd: number;
  axis_high_usd: number;
}

/**
 * The amounts of all payments of a mempool or a block, in the order of the file, all six rules on.
 */
function paymentAmounts({ input }: Vector): number[] {
  const content = gunzipSync(readFileSync(corpusPath(input)));
  const examined = input.startsWith("blocks/")
    ? examineBlockTransactions(content, new Set(), 0)
    : examineMempoolTransactions(
        content
          .toString("latin1")
          .trim()
          .split("\n")
          .map((hex) => ({ rawBytes: Buffer.from(hex, "hex"), timestamp: 0, topic: "rawtx" as const })),
        new Set(),
      );
  return examined.flatMap(({ transaction }) => transaction?.amounts ?? []);
}

function dayAmounts({ input, after = -Infinity, until = Infinity }: Vector): number[] {
  const rows = gunzipSync(readFileSync(corpusPath(input)))
    .toString()
    .trim()
    .split("\n")
    .slice(1);
  const amounts: number[] = [];
  for (const row of rows) {
    const [time, sats] = row.split(",").map(Number) as [number, number];
    if (after < time && time <= until) amounts.push(sats / 1e8);
  }
  return amounts;
}

describe("the reference engine equals UTXOracle v9.1", needs("corpus"), () => {
  const vectors: Vector[] = isAvailable("corpus")
    ? JSON.parse(readFileSync(corpusPath("vectors/v9_1.json"), "utf8"))
    : [];

  it.each(vectors)("$input after $after until $until", (vector) => {
    const amounts = vector.input.startsWith("days/") ? dayAmounts(vector) : paymentAmounts(vector);
    const estimate = estimateReference(amounts);
    expect(estimate).toMatchObject({
      price: vector.central_price_usd,
      failure: null,
      outputs: vector.outputs,
      bestSlide: vector.best_slide,
      roughPriceUsd: vector.rough_price_usd,
      pricePoints: vector.price_points,
      centralPriceUsd: vector.central_price_usd,
      deviationPct: vector.deviation_pct,
      axisLowUsd: vector.axis_low_usd,
      axisHighUsd: vector.axis_high_usd,
    });
    // The tables are computed, not read: only the last digits of the scores may differ.
    expect(Math.abs(estimate.bestSlideScore! / vector.best_slide_score - 1)).toBeLessThanOrEqual(1e-15);
    expect(Math.abs(estimate.totalScore! / vector.total_score - 1)).toBeLessThanOrEqual(1e-15);
  });

  it("computes the tables of the original", () => {
    const tables = JSON.parse(readFileSync(corpusPath("vectors/v9_1_tables.json"), "utf8"));
    expect(BIN_STARTS_BTC.length).toBe(tables.bin_starts_btc.length);
    expect(SMOOTH_STENCIL.length).toBe(tables.smooth_stencil.length);
    for (const [i, start] of tables.bin_starts_btc.entries())
      expect(Math.abs(BIN_STARTS_BTC[i]! - start)).toBeLessThanOrEqual(1e-15 * start);
    for (const [i, tap] of tables.smooth_stencil.entries())
      expect(Math.abs(SMOOTH_STENCIL[i]! - tap)).toBeLessThanOrEqual(1e-15 * tap);
  });
});
