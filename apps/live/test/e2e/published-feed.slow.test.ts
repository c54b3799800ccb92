import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { corpusPath, needs } from "@utxoracle/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { cleanEnvironment, eventually, ServiceProcess } from "./service-process.ts";

const children: ChildProcess[] = [];
const running: ServiceProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(running.splice(0).map((service) => service.stop("SIGKILL")));
});

describe("a real mempool, published at 500 transactions per second", needs("corpus"), () => {
  it("gives the same price and counts as a replay of the file", async () => {
    const publisher = spawn(
      process.execPath,
      [
        "--conditions=@utxoracle/source",
        "--import",
        "tsx",
        fileURLToPath(new URL("./publisher-process.ts", import.meta.url)),
        corpusPath("mempool/2024-03-14.rawtx.hex.gz"),
        "500",
      ],
      { env: cleanEnvironment(), stdio: ["ignore", "pipe", "inherit"] },
    );
    children.push(publisher);
    const lines = createInterface({ input: publisher.stdout })[Symbol.asyncIterator]();
    const { endpoint } = JSON.parse(String((await lines.next()).value)) as { endpoint: string };

    const service = await ServiceProcess.listening([
      "--zmq-rawtx",
      endpoint,
      "--zmq-rawblock",
      "none",
      "--rpc-url",
      "none",
    ]);
    running.push(service);
    expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ published: 8131 });
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
