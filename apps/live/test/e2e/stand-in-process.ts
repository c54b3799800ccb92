// A stand-in node with RPC and all topics, in its own process. Arguments: SEED TRANSACTIONS (in the
// mempool at the start). Prints a JSON line with its addresses, then reads commands from stdin:
// `run RATE SECONDS` publishes transactions at a rate, then a block, and prints the number of
// distinct transactions.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator } from "@utxoracle/simulator";

const [seed = "1", waiting = "0"] = process.argv.slice(2);
const HISTORY_SECONDS = 60;

const txids = new Set<string>();
const simulator = await startSimulator({
  seed: Number(seed),
  historySeconds: HISTORY_SECONDS,
  transactionsPerSecond: Number(waiting) / HISTORY_SECONDS,
  blockIntervalSeconds: Number.POSITIVE_INFINITY,
  maxMempoolTransactions: 1_000_000,
  onEvent: (event) => {
    if (event.type === "transaction_added") txids.add(event.transaction.txid);
    if (event.type === "block_connected") for (const { txid } of event.block.transactions ?? []) txids.add(txid);
  },
});
simulator.setTransactionsPerSecond(0);
for (const txid of simulator.simulation.mempool.txids()) txids.add(txid);
for (const { transactions } of simulator.simulation.blocks) for (const { txid } of transactions ?? []) txids.add(txid);
const tell = (more: object): void =>
  console.log(JSON.stringify({ ...more, transactions: txids.size, mempool: simulator.simulation.mempool.size }));
const { endpoints, rpcUrl, rpcUser, rpcPassword } = simulator;
tell({ endpoints, rpcUrl, rpcUser, rpcPassword });

for await (const line of createInterface({ input: process.stdin })) {
  const [, rate, seconds] = line.split(" ").map(Number) as [unknown, number, number];
  simulator.setTransactionsPerSecond(rate);
  await sleep(seconds * 1000);
  simulator.setTransactionsPerSecond(0);
  await simulator.mineBlock();
  tell({});
}
await simulator.stop();
