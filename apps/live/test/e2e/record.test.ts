import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "@utxoracle/simulator";
import { describe, expect, it } from "vitest";
import { eventually, runToEnd, ServiceProcess } from "./service-process.ts";

describe("a recording", () => {
  it("replays to the counts of what was published, and is never written over", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "record-")), "feed.capture");
    let now = Date.now() / 1000;
    const simulator = await startSimulator({
      seed: 4,
      follow: false,
      historySeconds: 0,
      transactionsPerSecond: 50,
      blockIntervalSeconds: 20,
      now: () => now,
    });
    try {
      const { rawtx = "", rawblock = "", sequence = "" } = simulator.endpoints;
      const recorder = new ServiceProcess(
        ["record", path, "--zmq-rawtx", rawtx, "--zmq-rawblock", rawblock, "--zmq-sequence", sequence],
        {},
      );
      await recorder.logLine((line) => line.msg === "recording; SIGINT or SIGTERM ends it");
      for (const topic of ["rawtx", "rawblock", "sequence"])
        await recorder.logLine((line) => line.msg === "connected" && (line["topics"] as string[]).includes(topic));
      const txids = new Set<string>();
      for (let step = 0; step < 60; step++) {
        now += 1;
        await simulator.advanceTo(now);
      }
      for (const { transaction } of simulator.simulation.mempool.entries()) txids.add(transaction.txid);
      for (const block of simulator.simulation.blocks.slice(1))
        for (const { txid } of block.transactions ?? []) txids.add(txid);
      await simulator.stop();
      await recorder.logLine((line) => line.msg === "disconnected");
      expect(await recorder.stop("SIGINT")).toMatchObject({ exitCode: 0, stdout: "" });

      const service = await ServiceProcess.listening(["replay", path, "--speed", "max"]);
      await service.logLine((line) => String(line.msg).includes("reached the end"));
      // Replaced and evicted ones were published too, so there is at least what the node ended with.
      const { answer } = await eventually(
        "the recorded transactions",
        () => service.price(),
        (price) => price.total_received >= txids.size,
      );
      expect(answer).toMatchObject({ source: "replay", height: simulator.simulation.tip.height });
      expect(txids.size).toBeGreaterThan(1000);
      await service.stop();

      expect(await runToEnd(["record", path])).toMatchObject({ exitCode: 2 });
    } finally {
      await simulator.stop();
    }
  });
});
