import { needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { runChaos } from "./chaos.ts";

describe("edges, analyzers and the NATS server killed and stopped at random", needs("nats-server"), () => {
  it("never show a reader a number twice, a gap, or a wrong ok, and all is live at the end", async () => {
    const lines: string[] = [];
    const report = await runChaos({ seconds: 25, seed: 3, readers: 12, tell: (line) => lines.push(line) });
    expect(report.faults, lines.join("\n")).toEqual([]);
    // It would prove nothing if nothing had happened.
    expect(Object.keys(report.actions).length).toBeGreaterThanOrEqual(3);
    expect(report.epochs).toBeGreaterThanOrEqual(2);
    expect(Math.min(report.okUpdates, report.okAnswers)).toBeGreaterThan(0);
    expect(report.staleUpdates).toBeGreaterThan(0);
  }, 180_000);
});
