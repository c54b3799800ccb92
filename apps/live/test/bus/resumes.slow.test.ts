import { needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { runResumes } from "./resume-rounds.ts";

describe("a client that leaves and returns to any edge", needs("nats-server"), () => {
  it("gets each tick and each point once through restarts of edges, NATS and the analyzer", async () => {
    const lines: string[] = [];
    const report = await runResumes(["edge", "nats", "analyzer"], 2, 5, (line) => lines.push(line));
    expect(report.faults, lines.join("\n")).toEqual([]);
    // The test is meaningless if nothing was resumed or compared.
    expect(report.resumes).toBeGreaterThanOrEqual(2);
    expect(report.epochs).toBeGreaterThanOrEqual(2);
    expect(report.comparedPoints).toBeGreaterThan(0);
  }, 480_000);
});
