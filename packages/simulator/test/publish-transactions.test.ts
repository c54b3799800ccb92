import { computeTxid } from "@utxoracle/tx-parser";
import { describe, expect, it } from "vitest";
import { Subscriber } from "zeromq";
import { generateTransactions, publishTransactions } from "../src/index.ts";

const pool = [...generateTransactions({ seed: "pool", count: 3000, transactionsPerSecond: 1000 })];

/** Publishes and reads with a SUB socket until the last transaction has arrived. */
async function published(count: number, transactionsPerSecond: number) {
  const subscriber = new Subscriber({ receiveHighWaterMark: 0 });
  const wanted = pool.slice(0, count);
  const publishing = publishTransactions({
    transactions: wanted.map(({ rawBytes }) => rawBytes),
    transactionsPerSecond,
    onListening: (endpoint) => {
      subscriber.connect(endpoint);
      subscriber.subscribe("rawtx");
    },
  });
  const received: { txid: string; counter: number; topic: string }[] = [];
  while (received.length < count) {
    const [topic, body, counter] = await subscriber.receive();
    received.push({ topic: topic!.toString(), txid: computeTxid(body!), counter: counter!.readUInt32LE() });
  }
  subscriber.close();
  return { received, wanted, report: await publishing };
}

describe("publishTransactions", () => {
  it("waits for a subscriber, then publishes all in order with a counter", async () => {
    const { received, wanted, report } = await published(3000, Number.POSITIVE_INFINITY);
    expect(received).toEqual(wanted.map(({ txid }, counter) => ({ topic: "rawtx", txid, counter })));
    expect(report.published).toBe(3000);
  });

  it("keeps the rate", async () => {
    const { report } = await published(100, 500);
    // The first is sent at once; a busy machine can only be slower.
    expect(report.seconds).toBeGreaterThanOrEqual(99 / 500 - 0.005);
  });

  it("ends on a signal, even without subscriber", async () => {
    const controller = new AbortController();
    const report = await publishTransactions({
      transactions: [pool[0]!.rawBytes],
      transactionsPerSecond: 1,
      signal: controller.signal,
      onListening: () => controller.abort(),
    });
    expect(report.published).toBe(0);
  });

  it("names an endpoint that is in use", async () => {
    const controller = new AbortController();
    let first: Promise<unknown> | null = null;
    const taken = await new Promise<string>((onListening) => {
      first = publishTransactions({
        transactions: [],
        transactionsPerSecond: 1,
        signal: controller.signal,
        onListening,
      });
    });
    await expect(
      publishTransactions({ transactions: [], transactionsPerSecond: 1, endpoint: taken }),
    ).rejects.toMatchObject({ code: "cannot_listen", message: expect.stringContaining(taken) });
    controller.abort();
    await first;
  });
});
