// Measures how long a full block blocks the event loop: the window and the confirmed price parse it
// one after the other. Argument: transactions in the block (default 4,000). Checks the counts.
import { Simulation } from "@utxoracle/simulator";
import { ConfirmedSide } from "../src/confirmed/confirmed-side.ts";
import { LiveWindow } from "../src/ingest/live-window.ts";
import { serviceSink } from "../src/serve/service-sink.ts";

const count = Number(process.argv[2] ?? 4000);
const ROUNDS = 5;
const now = (): number => Date.now() / 1000;
const counter = { inc: () => undefined };

for (const known of [true, false]) {
  const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
  const confirmed = new ConfirmedSide({
    windowSeconds: 10_800,
    engine: "posterior",
    now,
    estimate: () => ({ price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null }),
  });
  const sink = serviceSink({
    window,
    windowSeconds: 10_800,
    confirmed,
    metrics: { blocks: counter, windowRemovals: counter } as never,
    now,
  });
  const simulation = new Simulation(
    { seed: 4, transactionsPerSecond: count / 600, historySeconds: 0, blockIntervalSeconds: Number.POSITIVE_INFINITY },
    now(),
  );
  const held: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    simulation.advance(simulation.time + 600, (event) => {
      if (known && event.type === "transaction_added") sink.transaction(event.transaction.rawBytes, now());
    });
    const block = simulation.mineBlock(() => undefined);
    const bytes = block.toBytes();
    if (bytes === null) throw new Error("the block has no transactions");
    const before = performance.now();
    const cpuBefore = process.cpuUsage();
    sink.block(bytes, null, now());
    held.push(performance.now() - before);
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu.push((user + system) / 1000);
    if (confirmed.chain.tip?.hash !== block.hash || !window.analyzer.has(block.transactions?.[1]?.txid ?? ""))
      throw new Error("the block was not taken in");
  }
  console.log(
    `a block of ${count} transactions that the mempool ${known ? "had" : "never had"} holds the event loop for ` +
      `${held.map((ms) => ms.toFixed(0)).join(", ")} ms (cold first; of CPU ${cpu.map((ms) => ms.toFixed(0)).join(", ")} ms)`,
  );
}
