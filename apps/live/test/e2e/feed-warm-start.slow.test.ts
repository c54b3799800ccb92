import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { startSimulator } from "@utxoracle/simulator";
import { type CoinTransaction, corpusPath, fewOrAll, needs, RegtestNode } from "@utxoracle/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { nodeFlags } from "./node-flags.ts";
import { tellsUsage, usageOf } from "./process-usage.ts";
import { deployedFlags, eventually, ServiceProcess } from "./service-process.ts";

const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/**
 * Maximum time to the first price after the node has responded. Measured as CPU time of the program
 * if the system reports it, because tests run in parallel. A quiet machine takes half of it; beside
 * other work the same instructions have taken 15 s.
 */
const WARM_START_SECONDS = 20;

async function started(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
  const service = await ServiceProcess.listening(flags, env, deployedFlags);
  closing.push(() => service.stop("SIGKILL"));
  return service;
}

/** Seconds from "listening" to the first price, with a running node. */
async function warmPrice(service: ServiceProcess, what: string) {
  const { answer, elapsedMs } = await eventually(
    "a price",
    () => service.price(),
    (price) => price.price !== null,
    60_000,
  );
  const usage = tellsUsage ? usageOf(service) : null;
  console.log(
    `${what}: ${answer.active_in_window} of ${answer.total_received} active, a price after ${(elapsedMs / 1000).toFixed(1)} s` +
      (usage === null
        ? ""
        : `, ${usage.rssMib.toFixed(0)} MiB (at most ${usage.peakRssMib.toFixed(0)}), ${usage.cpuSeconds.toFixed(1)} s of CPU`),
  );
  expect(usage?.cpuSeconds ?? elapsedMs / 1000).toBeLessThan(WARM_START_SECONDS);
  return { answer, usage };
}

const DAY = "2024-05-07";
/** Transactions of the last minutes before noon come over ZMQ; the others are in the mempool. */
const FED_SECONDS = 180;
const dayStart = Date.parse(`${DAY}T00:00:00Z`) / 1000;
/** Above the dust limit, and affordable on a new chain. */
const payable = (sats: number): boolean => sats >= 1000 && sats <= 40_000_000;

/**
 * The latest amounts of the day before `until` (Unix seconds), paired into payments with their
 * times.
 */
function paymentsUntil(until: number, count: number): { amounts: number[][]; times: number[] } {
  const rows = gunzipSync(readFileSync(corpusPath(`days/${DAY}.csv.gz`)))
    .toString("utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.split(",").map(Number) as [number, number])
    .filter(([time, sats]) => time <= until && payable(sats))
    .slice(-2 * count);
  const amounts = Array.from({ length: count }, (_, index) => [rows[2 * index]![1], rows[2 * index + 1]![1]]);
  return { amounts, times: Array.from({ length: count }, (_, index) => rows[2 * index]![0]) };
}

/** Sends each payment with the node's clock set to its time of day, to the minute. */
async function sendAtTheirTimes(node: RegtestNode, payments: CoinTransaction[], times: number[]): Promise<void> {
  for (let next = 0; next < payments.length; ) {
    const minute = Math.floor(times[next]! / 60);
    let end = next;
    while (end < payments.length && Math.floor(times[end]! / 60) === minute) end++;
    await node.rpc("setmocktime", times[next]!);
    await node.send(payments.slice(next, end));
    next = end;
  }
  await node.rpc("setmocktime", 0);
}

/**
 * Exchange price of a window, from the corpus: mean over its minutes of (open + high + low +
 * close)/4 of the hour.
 */
function exchangePrice(from: number, until: number): number {
  const [, ...lines] = readFileSync(corpusPath("days/hourly.csv"), "utf8").trim().split("\n");
  const hours = new Map(
    lines.map((line) => {
      const [time, open, high, low, close] = line.split(",").map(Number) as [number, number, number, number, number];
      return [time, (open + high + low + close) / 4];
    }),
  );
  let sum = 0;
  let minutes = 0;
  for (let time = from; time < until; time += 60) {
    const price = hours.get(time - (time % 3600));
    if (price === undefined) throw new Error(`the corpus has no exchange price for ${time}`);
    sum += price;
    minutes++;
  }
  return sum / minutes;
}

/** Payments before noon that the real node gets. */
const PAYMENTS = fewOrAll(1500, 3500);

describe("start at a real node with thousands of mempool transactions", needs("bitcoind", "corpus"), () => {
  it("gives the price of that day, accurate to 1 %, within 20 s", async () => {
    const noon = dayStart + 12 * 3600;
    const { amounts, times } = paymentsUntil(noon, PAYMENTS);
    const truth = exchangePrice(times[0]!, noon);
    const inMempool = times.findIndex((time) => time >= noon - FED_SECONDS);
    expect(inMempool).toBeGreaterThan(0.8 * PAYMENTS);
    const node = await RegtestNode.start({ highWaterMark: 0 });
    closing.push(() => node.remove());
    const payments = await node.preparePayments(amounts);
    const shiftSeconds = Math.floor(Date.now() / 1000) - noon;
    await sendAtTheirTimes(
      node,
      payments.slice(0, inMempool),
      times.slice(0, inMempool).map((time) => time + shiftSeconds),
    );

    const service = await started(nodeFlags(node));
    // A price needs payments of the last minutes; preparing those of the mempool may have taken
    // longer.
    const inWindow = inMempool + 20;
    await node.send(payments.slice(inMempool, inWindow));
    await warmPrice(service, `real node, ${inMempool} in the mempool`);
    const { answer: warm } = await eventually(
      "the whole mempool",
      () => service.price(),
      (price) => price.active_in_window === inWindow,
      60_000,
    );
    const tellsError = (price: number | null): number => Math.abs((price ?? Number.NaN) / truth - 1);
    expect(warm).toMatchObject({ chain: "regtest", source: "node", status: "low_confidence" });
    expect(tellsError(warm.price)).toBeLessThan(0.01);

    // The others come over ZMQ.
    await node.send(payments.slice(inWindow));
    const { answer: live } = await eventually(
      "all payments",
      () => service.price(),
      (price) => price.active_in_window === payments.length,
      60_000,
    );
    console.log(`price ${live.price} (${live.low} to ${live.high}), the exchanges' mean ${truth.toFixed(0)}`);
    // As accurate as on the main chain, but never `ok` on regtest.
    expect(live).toMatchObject({ status: "low_confidence" });
    expect(live.confidence).toBeGreaterThan(0.5);
    expect(tellsError(live.price)).toBeLessThan(0.01);
  }, 240_000);
});

/** Transactions that the stand-in node has waiting. */
const WAITING = fewOrAll(6000, 50_000);

describe("start at a stand-in node with a large mempool", () => {
  it("gives a price within 20 s", async () => {
    const simulator = await startSimulator({
      seed: 50,
      startPrice: 61_000,
      transactionsPerSecond: WAITING / 10_000,
      blockIntervalSeconds: Number.POSITIVE_INFINITY,
      rpcPassword: "s3cret",
    });
    closing.push(() => simulator.stop());
    const { rawtx = "", rawblock = "", sequence = "" } = simulator.endpoints;
    expect(simulator.simulation.mempool.size).toBeGreaterThan(WAITING);
    const service = await started(
      [
        ...["--zmq-rawtx", rawtx, "--zmq-rawblock", rawblock, "--zmq-sequence", sequence],
        ...["--rpc-url", simulator.rpcUrl, "--rpc-user", simulator.rpcUser],
      ],
      { UTXORACLE_RPC_PASSWORD: simulator.rpcPassword },
    );
    const { answer } = await warmPrice(service, `stand-in node, ${WAITING} in the mempool`);
    const { answer: whole } = await eventually(
      "the whole mempool",
      () => service.price(),
      (price) => price.total_received > WAITING,
      60_000,
    );
    expect(whole.total_received).toBeGreaterThanOrEqual(answer.total_received);
    // The first price may be low_confidence.
    for (const { price, timestamp } of answer.status === "ok" ? [answer, whole] : [whole])
      expect(Math.abs((price ?? Number.NaN) / simulator.priceAt(timestamp) - 1)).toBeLessThan(0.02);
  }, 240_000);
});
