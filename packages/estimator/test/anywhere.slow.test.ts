import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "tsup";
import { expect, it } from "vitest";
import { MempoolAnalyzer } from "../src/index.ts";
import { payment } from "./payment.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

const NOW = 1_710_000_000;

it("runs without Node.js, clock and randomness, as in a browser or a worker", async () => {
  const outDir = mkdtempSync(join(tmpdir(), "estimator-"));
  const amounts = [...simulatedAmountsBtc(67_000, 4_000, 1)];
  const payments = amounts.map((amount, i) => payment(`${i}`, NOW - 10_000 + 2 * i, [amount]));
  try {
    await build({
      entry: [join(import.meta.dirname, "../src/index.ts")],
      config: false,
      format: "iife",
      globalName: "estimator",
      platform: "neutral",
      outDir,
      silent: true,
    });
    const script = readFileSync(join(outDir, "index.global.js"), "utf8");
    // A new context has the language's own globals only; a clock or chance would throw.
    const context = createContext({ payments: JSON.stringify(payments) });
    runInContext("Date.now = Math.random = () => { throw new Error('not pure'); };", context);
    const answer = runInContext(
      `${script}
      const analyzer = new estimator.MempoolAnalyzer();
      for (const each of JSON.parse(payments)) analyzer.addTransaction(each);
      const restored = estimator.MempoolAnalyzer.restore(analyzer.save());
      JSON.stringify([analyzer.estimatePrice(${NOW}), restored.estimatePrice(${NOW}), analyzer.evidence(${NOW})])`,
      context,
    );
    const analyzer = new MempoolAnalyzer();
    for (const each of payments) analyzer.addTransaction(each);
    const estimate = analyzer.estimatePrice(NOW);
    expect(JSON.parse(answer)).toEqual([estimate, estimate, analyzer.evidence(NOW)]);
    expect(estimate.price).not.toBeNull();
  } finally {
    rmSync(outDir, { recursive: true });
  }
});
