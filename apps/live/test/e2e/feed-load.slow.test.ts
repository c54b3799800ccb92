import { afterEach, describe, expect, it } from "vitest";
import { Load } from "./load.ts";
import { tellsUsage, usageOf } from "./process-usage.ts";
import { deployedFlags, eventually, ServiceProcess } from "./service-process.ts";

const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** 150 MB, in MiB. */
const MOST_RSS_MIB = 150e6 / 2 ** 20;

describe("1,000 and 10,000 transactions per second", () => {
  it("are all counted, within 150 MB of memory", async () => {
    const load = await Load.start(6, ["1000:10", "10000:5"]);
    closing.push(() => load.stop());
    const service = await ServiceProcess.listening(
      ["--zmq-rawtx", load.endpoint, "--zmq-rawblock", "none", "--rpc-url", "none"],
      {},
      deployedFlags,
    );
    closing.push(() => service.stop("SIGKILL"));
    const tell = async (what: string): Promise<void> => {
      const price = await service.price();
      const usage = tellsUsage ? usageOf(service) : null;
      console.log(
        `${what}: ${price.total_received} received, ${price.active_in_window} active` +
          (usage === null
            ? ""
            : `, ${usage.rssMib.toFixed(0)} MiB (at most ${usage.peakRssMib.toFixed(0)}), ${usage.cpuSeconds.toFixed(1)} s of CPU`),
      );
    };
    const steady = await load.phase();
    await eventually(
      "the steady load",
      () => service.price(),
      (price) => price.total_received >= steady.published,
    );
    if (tellsUsage) expect(usageOf(service).rssMib).toBeLessThan(MOST_RSS_MIB);
    await tell(`${steady.published} in ${steady.seconds.toFixed(1)} s`);
    const burst = await load.phase();
    const { answer } = await eventually(
      "the burst",
      () => service.price(),
      (price) => price.total_received >= steady.published + burst.published,
      60_000,
    );
    await tell(`and ${burst.published} in ${burst.seconds.toFixed(1)} s`);
    expect(answer.total_received).toBe(60_000);
    expect(answer.active_in_window).toBeGreaterThan(18_000);
    const { text: metrics } = await service.get("/metrics");
    expect(metrics).toContain('utxoracle_feed_messages_total{topic="rawtx"} 60000');
    expect(metrics).not.toMatch(/^utxoracle_feed_missed_messages_total\{.*\} [1-9]/m);
    expect(service.log.filter(({ msg }) => String(msg).includes("feed queue full"))).toEqual([]);
  });
});
