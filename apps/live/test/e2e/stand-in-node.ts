import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator } from "@utxoracle/simulator";

const HISTORY_SECONDS = 60;

/** Counts of the stand-in node. */
export interface StandInCounts {
  /** Distinct transactions, including confirmed ones and coinbases. */
  readonly transactions: number;
  /** Transactions in its mempool. */
  readonly mempool: number;
}

/** How to reach a stand-in node. */
export interface StandInAccess {
  /** Flags that connect the program to it. */
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly atStart: StandInCounts;
}

/** A stand-in node with RPC and all topics, in this process. */
export interface StandInNode extends StandInAccess {
  /** Publishes transactions at a rate, then a block. @returns the counts after it. */
  run(transactionsPerSecond: number, seconds: number): Promise<StandInCounts>;
  stop(): Promise<void>;
}

/** @param waiting transactions in the mempool at the start. */
export async function startStandInNode(seed: number, waiting: number): Promise<StandInNode> {
  const txids = new Set<string>();
  const simulator = await startSimulator({
    seed,
    historySeconds: HISTORY_SECONDS,
    transactionsPerSecond: waiting / HISTORY_SECONDS,
    blockIntervalSeconds: Number.POSITIVE_INFINITY,
    maxMempoolTransactions: 1_000_000,
    onEvent: (event) => {
      if (event.type === "transaction_added") txids.add(event.transaction.txid);
      if (event.type === "block_connected") for (const { txid } of event.block.transactions ?? []) txids.add(txid);
    },
  });
  simulator.setTransactionsPerSecond(0);
  const { simulation, endpoints, rpcUrl, rpcUser, rpcPassword } = simulator;
  for (const txid of simulation.mempool.txids()) txids.add(txid);
  for (const { transactions } of simulation.blocks) for (const { txid } of transactions ?? []) txids.add(txid);
  const counts = (): StandInCounts => ({ transactions: txids.size, mempool: simulation.mempool.size });
  const { rawtx = "", rawblock = "", sequence = "" } = endpoints;
  return {
    flags: [
      ...["--zmq-rawtx", rawtx, "--zmq-rawblock", rawblock, "--zmq-sequence", sequence],
      ...["--rpc-url", rpcUrl, "--rpc-user", rpcUser],
    ],
    env: { UTXORACLE_RPC_PASSWORD: rpcPassword },
    atStart: counts(),
    async run(transactionsPerSecond, seconds) {
      simulator.setTransactionsPerSecond(transactionsPerSecond);
      await sleep(seconds * 1000);
      simulator.setTransactionsPerSecond(0);
      await simulator.mineBlock();
      return counts();
    },
    stop: () => simulator.stop(),
  };
}
