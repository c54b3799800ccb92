import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { estimateReference } from "@utxoracle/estimator";
import { corpusPath, needs } from "@utxoracle/testkit";
import { examineMempoolTransaction, parseTransaction } from "@utxoracle/tx-parser";
import { describe, expect, it } from "vitest";
import { ROUND_DOLLARS, Simulation, type SimulationOptions } from "../src/index.ts";

/** Payment amounts of a history in BTC, and the mean of the true price at arrival. */
function market(options: SimulationOptions): { amountsBtc: number[]; meanPrice: number } {
  const simulation = new Simulation({ blockIntervalSeconds: Number.POSITIVE_INFINITY, ...options }, 1_700_000_000);
  const seen = new Set<string>();
  const amountsBtc: number[] = [];
  let prices = 0;
  let payments = 0;
  simulation.advance(0, (event) => {
    if (event.type !== "transaction_added") return;
    const raw = { rawBytes: event.transaction.rawBytes, timestamp: event.time, topic: "rawtx" as const };
    const { transaction } = examineMempoolTransaction(raw, seen);
    if (transaction === null) return;
    amountsBtc.push(...transaction.amounts);
    prices += simulation.priceAt(event.time);
    payments++;
  });
  return { amountsBtc, meanPrice: prices / payments };
}

/** Density of amounts within ±0.6 % of a value relative to its surroundings, minus 1. */
function excess(logs: readonly number[], usd: number): number {
  const within = (low: number, high: number) =>
    logs.filter((log) => Math.abs(log - Math.log10(usd)) >= low && Math.abs(log - Math.log10(usd)) < high).length;
  const band = Math.log10(1.006);
  return within(0, band) / band / (within(0.015, 0.03) / 0.015) - 1;
}

describe("the amounts", () => {
  const price = 71_000;
  const { amountsBtc } = market({ seed: 3, startPrice: price, volatility: 0, historySeconds: 30_000, peakStrength: 1 });
  const logs = amountsBtc.map((amount) => Math.log10(amount * price));

  it("peak at round dollars as measured on real transactions", () => {
    const strong = ROUND_DOLLARS.filter(({ strength }) => strength >= 2.5);
    expect(strong.length).toBeGreaterThan(6);
    for (const { usd, strength } of strong) {
      expect(excess(logs, usd) / strength, `$${usd}`).toBeGreaterThan(0.65);
      expect(excess(logs, usd) / strength, `$${usd}`).toBeLessThan(1.35);
    }
    for (const usd of [70, 137, 250, 700]) expect(Math.abs(excess(logs, usd))).toBeLessThan(0.4);
  });

  it("have no trace of the price if the strength is 0", () => {
    const none = market({ seed: 3, startPrice: price, volatility: 0, historySeconds: 15_000, peakStrength: 0 });
    const without = none.amountsBtc.map((amount) => Math.log10(amount * price));
    for (const usd of [20, 50, 100]) expect(Math.abs(excess(without, usd))).toBeLessThan(0.5);
  });

  it("are mostly between $1 and $100,000, and some are round in bitcoin", () => {
    const sorted = [...logs].sort((a, b) => a - b);
    const quantile = (part: number) => sorted[Math.floor(part * sorted.length)]!;
    expect(quantile(0.5)).toBeGreaterThan(1.9);
    expect(quantile(0.5)).toBeLessThan(2.6);
    expect(quantile(0.75) - quantile(0.25)).toBeGreaterThan(1.2);
    const fewDigits = amountsBtc.filter((amount) => /^[1-9]\d?0*$/.test(Math.round(amount * 1e8).toString())).length;
    expect(fewDigits / amountsBtc.length).toBeGreaterThan(0.05);
    expect(fewDigits / amountsBtc.length).toBeLessThan(0.2);
  });
});

describe("the price", () => {
  it("walks with the given volatility through the start price", () => {
    const simulation = new Simulation({ seed: 8, startPrice: 50_000, volatility: 0.8, historySeconds: 0 }, 0);
    expect(simulation.priceAt(0)).toBe(50_000);
    for (const direction of [1, -1]) {
      const steps = Array.from({ length: 20_000 }, (_, minute) =>
        Math.log(simulation.priceAt(direction * 60 * (minute + 1)) / simulation.priceAt(direction * 60 * minute)),
      );
      const variance = steps.reduce((sum, step) => sum + step * step, 0) / steps.length;
      expect(Math.sqrt(variance * 525_960)).toBeGreaterThan(0.78);
      expect(Math.sqrt(variance * 525_960)).toBeLessThan(0.82);
    }
  });

  it("does not depend on earlier calls", () => {
    const [one, other] = [1, 2].map(() => new Simulation({ seed: "walk", historySeconds: 0 }, 0));
    const late = one!.priceAt(86_400);
    for (let time = 0; time < 86_400; time += 777) other!.priceAt(time);
    expect(other!.priceAt(86_400)).toBe(late);
    expect(one!.priceAt(3600)).toBe(other!.priceAt(3600));
  });
});

describe("three hours of history", () => {
  it.each([
    ["a", 87_300],
    ["b", 24_100],
    ["c", 141_000],
  ])("give back the simulated price within 0.5 % (seed %s, $%i)", (seed, startPrice) => {
    const { amountsBtc, meanPrice } = market({ seed, startPrice });
    const estimate = estimateReference(amountsBtc);
    expect(Math.abs(estimate.price! / meanPrice - 1)).toBeLessThan(0.005);
  });

  it("resemble a real mempool in sizes and filter results", needs("corpus"), () => {
    const hex = gunzipSync(readFileSync(corpusPath("mempool/2024-03-14.rawtx.hex.gz")))
      .toString()
      .trim()
      .split("\n");
    const real = hex.map((line) => Buffer.from(line, "hex"));
    const simulation = new Simulation({ seed: "alike", historySeconds: 2700, unseenShare: 0 }, 0);
    const made: Buffer[] = [];
    simulation.advance(0, (event) => {
      if (event.type === "transaction_added") made.push(event.transaction.rawBytes);
    });
    const quantile = (all: readonly Buffer[], part: number) =>
      all.map(({ length }) => length).sort((a, b) => a - b)[Math.floor(part * all.length)]!;
    for (const part of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      expect(quantile(made, part) / quantile(real, part)).toBeGreaterThan(0.8);
      expect(quantile(made, part) / quantile(real, part)).toBeLessThan(1.25);
    }
    const share = (all: readonly Buffer[], matches: (outputs: number, inputs: number) => boolean) =>
      all.filter((bytes) => {
        const { outputs, inputs } = parseTransaction(bytes);
        return matches(outputs.length, inputs.length);
      }).length / all.length;
    for (const matches of [
      (outputs: number) => outputs === 1,
      (outputs: number) => outputs > 2,
      (_: number, inputs: number) => inputs === 1,
      (_: number, inputs: number) => inputs > 5,
    ]) {
      expect(Math.abs(share(made, matches) - share(real, matches))).toBeLessThan(0.08);
    }
  });
});
