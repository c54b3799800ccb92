import { needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { runChaos } from "./chaos.ts";

describe("a fleet of analyzers and edges with random kills and stops", needs("nats-server"), () => {
  it("sends no duplicate, gap or false ok, and recovers in the end", async () => {
    const lines: string[] = [];
    // Of this seed, the first actions already are of four kinds.
    const report = await runChaos({ seconds: 10, seed: 13, clients: 6, tell: (line) => lines.push(line) });
    expect(report.faults, lines.join("\n")).toEqual([]);
    // The test is meaningless without faults.
    expect(Object.keys(report.actions).length).toBeGreaterThanOrEqual(3);
    expect(report.epochs).toBeGreaterThanOrEqual(2);
    expect(Math.min(report.okUpdates, report.okAnswers)).toBeGreaterThan(0);
  });
});
