import { needs, RegtestNode } from "@utxoracle/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { nodeFlags } from "./node-flags.ts";
import { eventually, ServiceProcess } from "./service-process.ts";

const running: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

const PAYMENTS = 60;
const OTHERS = 20;
const REPLACED = 5;

/** Transaction counts from one scrape. */
async function counts(service: ServiceProcess) {
  const { text } = await service.get("/metrics");
  const sample = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return {
    received: sample("utxoracle_transactions_received_total"),
    filtered: sample("utxoracle_transactions_filtered_total"),
    active: sample("utxoracle_window_transactions"),
    expired: sample("utxoracle_transactions_expired_total"),
    removed: sample("utxoracle_window_removed_transactions"),
    remembered: sample("utxoracle_window_remembered_ids"),
    forgotten: sample("utxoracle_window_forgotten_ids_total"),
  };
}

describe("the transaction counts of /metrics, with a window of 5 s", needs("bitcoind"), () => {
  it("add up at every scrape, and expired transactions do not return with their block", async () => {
    const node = await RegtestNode.start({ highWaterMark: 0 });
    running.push({ close: () => node.remove() });
    const payments = await node.preparePayments(
      Array.from({ length: PAYMENTS }, (_, index) => [20_000 + 37 * index, 50_000 + 31 * index]),
    );
    const others = await node.preparePayments(Array.from({ length: OTHERS }, (_, index) => [90_000 + 41 * index]));
    const service = await ServiceProcess.listening([...nodeFlags(node), "--window", "5"]);
    running.push({ close: () => service.stop("SIGKILL") });
    await eventually(
      "readiness",
      () => service.ready(),
      ({ status }) => status === 200,
    );
    const scrapes: Awaited<ReturnType<typeof counts>>[] = [];
    const until = (what: string, fits: (now: (typeof scrapes)[number]) => boolean) =>
      eventually(
        what,
        async () => {
          const scrape = await counts(service);
          scrapes.push(scrape);
          return scrape;
        },
        fits,
      );

    // Replacements follow at once: an expired transaction can no longer be removed.
    const replacements = payments.slice(-REPLACED).map((payment) => node.replacementOf(payment));
    await node.send([...others, ...payments, ...replacements]);
    await until("the replacements", ({ received, removed }) => received >= PAYMENTS + OTHERS && removed === REPLACED);
    await until("expiry", ({ active, expired }) => active === 0 && expired === PAYMENTS);
    await node.mine();
    // Only the coinbase is new.
    const received = PAYMENTS + OTHERS + REPLACED + 1;
    await until("the block", (scrape) => scrape.received === received);
    expect(scrapes.at(-1)).toMatchObject({
      received,
      filtered: OTHERS + 1,
      active: 0,
      expired: PAYMENTS,
      removed: REPLACED,
      forgotten: 0,
    });
    for (const scrape of scrapes) {
      const { filtered, active, expired, removed } = scrape;
      expect(scrape.received, JSON.stringify(scrape)).toBe(filtered + active + expired + removed);
    }
  });
});
