import { needs, RegtestNode } from "@utxoracle/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { nodeFlags } from "./node-flags.ts";
import { eventually, ServiceProcess } from "./service-process.ts";
import { WebSocketClient } from "./websocket-client.ts";

const running: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

/** More than the default high-water mark of 1,000 messages. */
const BLOCK_PAYMENTS = 1600;
/**
 * Whether a node drops messages depends on thread scheduling; one block is nearly always enough.
 */
const MOST_BLOCKS = 3;

/** A node and the built program connected to it, with payments for some blocks. */
async function serviceAtNode({ blocks: most, highWaterMark }: { blocks: number; highWaterMark?: number }) {
  const node = await RegtestNode.start({ highWaterMark });
  running.push({ close: () => node.remove() });
  const payments = await node.preparePayments(
    Array.from({ length: most * (BLOCK_PAYMENTS + 1) }, (_, index) => [30_000 + 11 * index, 60_000 + 13 * index]),
  );
  const service = await ServiceProcess.listening(nodeFlags(node));
  running.push({ close: () => service.stop("SIGKILL") });
  await eventually(
    "readiness",
    () => service.ready(),
    ({ status }) => status === 200,
  );
  const stream = await WebSocketClient.open(service.url);
  running.push({ close: () => stream.close() });
  const { total_received: atStart } = await service.price();
  let sent = 0;
  let blocks = 0;
  const send = async (count: number): Promise<void> => {
    await node.send(payments.slice(sent, sent + count));
    sent += count;
    await eventually(
      "the payments",
      () => service.price(),
      (price) => price.total_received === atStart + sent + blocks,
    );
  };
  /**
   * Mines a block of payments, then sends one more: a gap is detected with the next message.
   */
  const block = async (whileItComes: "reads" | "is held up"): Promise<void> => {
    // In batches, so that nothing is dropped before the block.
    const part = BLOCK_PAYMENTS / 8;
    for (let count = 1; count < 8; count++) await send(part);
    if (whileItComes === "is held up") service.child.kill("SIGSTOP");
    await node.send(payments.slice(sent, sent + part));
    sent += part;
    await node.mine();
    blocks++;
    if (whileItComes === "is held up") service.child.kill("SIGCONT");
    await send(1);
  };
  const expectExact = async (): Promise<void> => {
    const { answer } = await eventually(
      "the refilled window",
      () => service.price(),
      (price) => price.active_in_window >= sent,
    );
    // Payments and coinbases, each counted once.
    expect(answer).toMatchObject({ total_received: atStart + sent + blocks, active_in_window: sent });
  };
  return { node, service, stream, block, expectExact };
}

const REFILLS = 'utxoracle_refills_total{result="ok"}';

const metric = async (service: ServiceProcess, name: string): Promise<number> => {
  const { text } = await service.get("/metrics");
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
};

describe("one block of 1,600 transactions", needs("bitcoind"), () => {
  it("loses messages at the default high-water mark; reported and recovered", async () => {
    const { service, stream, block, expectExact } = await serviceAtNode({ blocks: MOST_BLOCKS });
    const refillsBefore = await metric(service, REFILLS);
    const missed = (): number => stream.updates.at(-1)?.node.missed_messages ?? 0;
    for (let count = 0; count < MOST_BLOCKS && missed() === 0; count++) {
      // Simulates a program that gets no CPU for a moment.
      await block("is held up");
      const ticks = stream.updates.length;
      await eventually(
        "two ticks",
        () => stream.updates.length,
        (now) => now >= ticks + 2,
      );
    }
    expect(missed()).toBeGreaterThan(0);
    const line = await service.logLine((candidate) => candidate["missed"] !== undefined);
    expect(line).toMatchObject({ level: "warn", topic: "rawtx" });
    expect(line.msg).toContain("zmqpubrawtxhwm=0");
    await service.logLine((candidate) => candidate["reason"] === "messages_missed");
    await eventually(
      "the end of the refill",
      () => stream.updates.at(-1),
      (update) => update?.node.resyncing === false,
    );
    // The recovery may happen between two ticks, so check the log and metrics.
    expect(await metric(service, REFILLS)).toBeGreaterThan(refillsBefore);
    expect(await metric(service, 'utxoracle_feed_missed_messages_total{topic="rawtx"}')).toBe(missed());
    expect(await metric(service, 'utxoracle_feed_gaps_total{topic="rawtx"}')).toBeGreaterThan(0);
    await expectExact();
  });

  it("loses none with zmqpubrawtxhwm=0", async () => {
    const { service, stream, block, expectExact } = await serviceAtNode({ blocks: 1, highWaterMark: 0 });
    await block("reads");
    await expectExact();
    await eventually(
      "every repeat of the block",
      () => metric(service, 'utxoracle_feed_messages_total{topic="rawtx"}'),
      (count) => count >= 2 * BLOCK_PAYMENTS + 2,
    );
    expect(stream.updates.every(({ node }) => node.missed_messages === 0)).toBe(true);
    expect(service.log.filter((line) => line["missed"] !== undefined)).toEqual([]);
  });
});
