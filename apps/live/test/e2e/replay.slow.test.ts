import type { PriceResponse } from "@utxoracle/models";
import { corpusPath, needs } from "@utxoracle/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";

const mempoolFile = corpusPath("mempool/2024-03-14.rawtx.hex.gz");
const running: ServiceProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop("SIGKILL")));
});

/**
 * The update after the end of the file; an earlier one may have the same number of transactions.
 */
async function priceAtTheEnd(service: ServiceProcess): Promise<PriceResponse> {
  running.push(service);
  await service.logLine(({ msg }) => String(msg).includes("replay finished"));
  const { answer } = await eventually(
    "the replayed price",
    () => service.price(),
    (price) => price.total_received === 8131 && price.price !== null,
  );
  return answer;
}

describe("replay of a real mempool", needs("corpus"), () => {
  it("gives the price of that day and counts every transaction, with the same estimate on every run", async () => {
    const service = await ServiceProcess.listening(["replay", mempoolFile, "--speed", "max"]);
    const answer = await priceAtTheEnd(service);
    expect(answer).toMatchObject({
      source: "replay",
      total_received: 8131,
      active_in_window: 2516,
      total_filtered: 5615,
    });
    expect(answer.price).toBeGreaterThan(72_500);
    expect(answer.price).toBeLessThan(73_800);
    await service.stop("SIGKILL");
    const again = await ServiceProcess.listening(["replay", mempoolFile, "--speed", "max"]);
    expect(await priceAtTheEnd(again)).toEqual(answer);
  });
});
