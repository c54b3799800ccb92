/**
 * What the estimator costs: `pnpm bench:estimator`. Every part asserts its result first and prints
 * figures after; none fails on time. Run with --expose-gc (the script in the root does), so that
 * memory is measured after a collection.
 */
import { strict as assert } from "node:assert";
import { type Engine, estimateReference, MempoolAnalyzer, type ProcessedTransaction } from "../src/index.ts";
import { simulatedAmountsBtc } from "../test/simulated-market.ts";

const PRICE = 67_000;
const NOW = 1_710_000_000;
const WINDOW_SECONDS = 10_800;
const TICK_SECONDS = 0.5;
const ENGINE: Engine = "posterior";

/** UTXOracle v9.1 in Python 3.11 on a machine of this class: seconds at two numbers of amounts. */
const PYTHON = [
  { amounts: 5_000, seconds: 0.539 },
  { amounts: 300_000, seconds: 21 },
] as const;

function hexId(index: number): string {
  // Spread over all bits, as real ids are.
  let text = "";
  for (let word = 0; word < 8; word++)
    text += (Math.imul(index + 1, 0x9e3779b1 + 2 * word) >>> 0).toString(16).padStart(8, "0");
  return text;
}

/** Payments of two amounts each, evenly spread over the window that ends at NOW. */
function* market(amounts: Float64Array): Generator<ProcessedTransaction> {
  const count = amounts.length / 2;
  for (let i = 0; i < count; i++)
    yield {
      txid: hexId(i),
      amounts: [amounts[2 * i] as number, amounts[2 * i + 1] as number],
      timestamp: NOW - WINDOW_SECONDS + ((i + 1) * WINDOW_SECONDS) / count,
      feeRate: null,
      inputCount: 1,
      outputCount: 2,
    };
}

function cpuMilliseconds(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function rssMegabytes(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
}

function assertPrice(price: number | null): void {
  assert(price !== null && Math.abs(price / PRICE - 1) < 0.01, `the price is ${price}, made up at ${PRICE}`);
}

function filled(amounts: Float64Array): MempoolAnalyzer {
  const analyzer = new MempoolAnalyzer({ engine: ENGINE });
  for (const payment of market(amounts)) analyzer.addTransaction(payment);
  return analyzer;
}

function memory(): void {
  const amounts = simulatedAmountsBtc(PRICE, 300_000, 1);
  // Compiled code and tables are no part of what a transaction takes.
  filled(amounts.subarray(0, 3_000)).estimatePrice(NOW);
  const before = rssMegabytes();
  const analyzer = filled(amounts);
  assertPrice(analyzer.estimatePrice(NOW).price);
  const after = rssMegabytes();
  assert.equal(analyzer.getStats().activeAmountCount, 300_000);
  console.log(`RSS grows by ${(after - before).toFixed(1)} MB for 300,000 amounts in 150,000 transactions`);
}

/**
 * Mean CPU time of an estimate while payments keep coming and leaving at the rate that fills the
 * window.
 */
function estimateCost(held: number): number {
  const perTick = Math.max(1, Math.round((held / 2 / WINDOW_SECONDS) * TICK_SECONDS));
  const ticks = 400;
  const warmUp = 100;
  const amounts = simulatedAmountsBtc(PRICE, held + 2 * perTick * ticks, 2);
  const analyzer = filled(amounts.subarray(0, held));
  let now = NOW;
  let next = held;
  let milliseconds = 0;
  for (let tick = 0; tick < ticks; tick++) {
    now += TICK_SECONDS;
    for (let i = 0; i < perTick; i++, next += 2) {
      const pair = [amounts[next] as number, amounts[next + 1] as number];
      analyzer.addTransaction({
        txid: hexId(next),
        amounts: pair,
        timestamp: now,
        feeRate: null,
        inputCount: 1,
        outputCount: 2,
      });
    }
    const spent = cpuMilliseconds(() => assertPrice(analyzer.estimatePrice(now).price));
    if (tick >= warmUp) milliseconds += spent;
  }
  return milliseconds / (ticks - warmUp);
}

function estimates(): void {
  const few = estimateCost(3_000);
  const many = estimateCost(300_000);
  console.log(`one estimate: ${few.toFixed(3)} ms CPU at 3,000 amounts held, ${many.toFixed(3)} ms at 300,000`);
  console.log(`  ratio ${(many / few).toFixed(2)}; every 500 ms, with the payments that came and left since`);
}

function addAndRemove(): void {
  const payments = [...market(simulatedAmountsBtc(PRICE, 300_000, 3))];
  const rounds = 3;
  for (let round = 0; round < rounds; round++) {
    const analyzer = new MempoolAnalyzer({ engine: ENGINE });
    const add = cpuMilliseconds(() => {
      for (const payment of payments) analyzer.addTransaction(payment);
    });
    assert.equal(analyzer.getStats().activeTxCount, payments.length);
    const map = new Map<string, ProcessedTransaction>();
    const mapAdd = cpuMilliseconds(() => {
      for (const payment of payments) map.set(`${payment.txid}`, payment);
    });
    const first = cpuMilliseconds(() => assertPrice(analyzer.estimatePrice(NOW).price));
    const remove = cpuMilliseconds(() => {
      for (const payment of payments) analyzer.removeTransaction(payment.txid);
    });
    assert.deepEqual([analyzer.getStats().activeTxCount, analyzer.getStats().totalRemoved], [0, payments.length]);
    if (round < rounds - 1) continue;
    const micro = (milliseconds: number): string => ((1000 * milliseconds) / payments.length).toFixed(2);
    console.log(`add ${micro(add)} µs, remove ${micro(remove)} µs a payment of two amounts, at 150,000 payments`);
    console.log(
      `  (a plain Map of the same: ${micro(mapAdd)} µs); the first estimate after them ${first.toFixed(1)} ms`,
    );
  }
}

function reference(): void {
  const amounts = simulatedAmountsBtc(PRICE, 150_000, 4);
  for (const count of [5_000, 150_000]) {
    const part = amounts.subarray(0, count);
    assertPrice(estimateReference(part).price);
    const runs = 10;
    const milliseconds =
      cpuMilliseconds(() => {
        for (let run = 0; run < runs; run++) estimateReference(part);
      }) / runs;
    const python = pythonMilliseconds(count);
    console.log(
      `engine reference, ${count} amounts: ${milliseconds.toFixed(1)} ms; the original in Python ${python.toFixed(0)} ms, ${(python / milliseconds).toFixed(0)} times as long`,
    );
  }
  console.log("  (Python: measured at 5,000 and 300,000 amounts on a machine of this class, on a line between)");
}

function pythonMilliseconds(amounts: number): number {
  const [low, high] = PYTHON;
  const share = (amounts - low.amounts) / (high.amounts - low.amounts);
  return 1000 * (low.seconds + share * (high.seconds - low.seconds));
}

memory();
addAndRemove();
estimates();
reference();
