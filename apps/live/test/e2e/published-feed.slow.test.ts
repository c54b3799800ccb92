import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { publishTransactions } from "@utxoracle/simulator";
import { corpusPath, needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";

describe("a real mempool, published at 500 transactions per second", needs("corpus"), () => {
  it("gives the same price and counts as a replay of the file", async () => {
    const transactions = gunzipSync(readFileSync(corpusPath("mempool/2024-03-14.rawtx.hex.gz")))
      .toString("latin1")
      .trimEnd()
      .split("\n")
      .map((line) => Buffer.from(line, "hex"));
    let published: Promise<unknown> | undefined;
    const endpoint = await new Promise<string>((resolve) => {
      published = publishTransactions({ transactions, transactionsPerSecond: 500, onListening: resolve });
    });

    const service = await ServiceProcess.listening([
      "--zmq-rawtx",
      endpoint,
      "--zmq-rawblock",
      "none",
      "--rpc-url",
      "none",
    ]);
    onTestFinished(() => service.stop("SIGKILL").then(() => undefined));
    expect(await published).toMatchObject({ published: 8131 });
    const { answer } = await eventually(
      "the last transaction",
      () => service.price(),
      (price) => price.total_received === 8131 && price.price !== null,
    );
    expect(answer).toMatchObject({
      source: "node",
      total_received: 8131,
      active_in_window: 2516,
      total_filtered: 5615,
    });
    expect(answer.price).toBeGreaterThan(72_500);
    expect(answer.price).toBeLessThan(73_800);
    const metrics = (await service.get("/metrics")).text;
    expect(metrics).toContain('utxoracle_feed_messages_total{topic="rawtx"} 8131');
    expect(metrics).not.toMatch(/^utxoracle_feed_missed_messages_total\{.*\} [1-9]/m);
  });
});
