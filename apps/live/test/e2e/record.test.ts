import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@utxoracle/simulator";
import { needs } from "@utxoracle/testkit";
import { computeTxid, parseBlockHeader } from "@utxoracle/tx-parser";
import { readCapture } from "@utxoracle/zmq-source";
import { describe, expect, it } from "vitest";
import { limitFiles } from "./full-disk.ts";
import { eventually, runToEnd, ServiceProcess } from "./service-process.ts";

function publishedTxids({ mempool, blocks }: Simulator["simulation"]): string[] {
  return [
    ...[...mempool.entries()].map(({ transaction }) => transaction.txid),
    ...blocks.slice(1).flatMap(({ transactions }) => (transactions ?? []).map(({ txid }) => txid)),
  ];
}

/** Topics with a message in the capture. */
async function recordedTopics(path: string): Promise<Set<string>> {
  const topics = new Set<string>();
  for await (const { topic } of readCapture(path)) topics.add(topic);
  return topics;
}

/** Ids of transactions and blocks in the capture. */
async function recordedIds(path: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const message of readCapture(path)) {
    if (message.topic === "rawtx") ids.add(computeTxid(message.rawBytes));
    if (message.topic === "rawblock") ids.add(parseBlockHeader(message.rawBytes).hash);
  }
  return ids;
}

describe("a recording", () => {
  it("replays to the published counts, and is never overwritten", async () => {
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
      await recorder.logLine((line) => line.msg?.startsWith("recording started") === true);
      for (const topic of ["rawtx", "rawblock", "sequence"])
        await recorder.logLine(
          (line) => line.msg === "connected to node" && (line["topics"] as string[]).includes(topic),
        );
      // A subscription reaches the publisher shortly after the connection; earlier messages are
      // lost.
      await eventually(
        "a message of every topic",
        async () => {
          now += 5;
          await simulator.advanceTo(now);
          return (await recordedTopics(path)).size;
        },
        (topics) => topics === 3,
      );
      const before = new Set(publishedTxids(simulator.simulation));
      for (let step = 0; step < 60; step++) {
        now += 1;
        await simulator.advanceTo(now);
      }
      const txids = new Set([...publishedTxids(simulator.simulation)].filter((txid) => !before.has(txid)));
      // Messages in transit when the node exits are lost.
      await eventually(
        "all of it in the file",
        async () => {
          const ids = await recordedIds(path);
          return [...txids, simulator.simulation.tip.hash].filter((id) => !ids.has(id)).length;
        },
        (missing) => missing === 0,
      );
      await simulator.stop();
      await recorder.logLine((line) => line.msg === "connection to node lost; reconnecting");
      expect(await recorder.stop("SIGINT")).toMatchObject({ exitCode: 0, stdout: "" });

      const service = await ServiceProcess.listening(["replay", path, "--speed", "max"]);
      await service.logLine((line) => String(line.msg).includes("replay finished"));
      // Replaced and evicted transactions were published too, so the capture has at least the final
      // mempool.
      const { answer } = await eventually(
        "the recorded transactions",
        () => service.price(),
        (price) => price.total_received >= txids.size,
      );
      expect(answer).toMatchObject({ source: "replay", height: simulator.simulation.tip.height });
      expect(txids.size).toBeGreaterThan(1000);
      await service.stop();

      const again = await runToEnd(["record", path]);
      expect(again).toMatchObject({ exitCode: 2 });
      expect(again.stderr).toContain(`${path}: the file exists; choose another name, or remove it`);
    } finally {
      await simulator.stop();
    }
  });

  it("exits with 1 when the disk is full", needs("prlimit"), async () => {
    let now = Date.now() / 1000;
    const simulator = await startSimulator({ follow: false, historySeconds: 0, now: () => now });
    try {
      const { rawtx = "" } = simulator.endpoints;
      const path = join(mkdtempSync(join(tmpdir(), "record-")), "feed.capture");
      const recorder = new ServiceProcess(["record", path, "--zmq-rawtx", rawtx, "--zmq-rawblock", "none"]);
      await recorder.logLine((line) => line.msg?.startsWith("recording started") === true);
      limitFiles(recorder, 100);
      await eventually(
        "the end of the recording",
        async () => {
          now += 5;
          await simulator.advanceTo(now);
          return recorder.child.exitCode;
        },
        (exitCode) => exitCode !== null,
      );
      const { exitCode, stderr } = await recorder.ended;
      expect(stderr).toMatch(/^utxoracle-live: record: .*feed\.capture/m);
      // Not a usage error: the settings were valid.
      expect(exitCode).toBe(1);
    } finally {
      await simulator.stop();
    }
  });
});
