import type { BlockchainInfo, BlockHeader, FetchedTransaction, MempoolEntry, MempoolInfo } from "@utxoracle/node-rpc";
import { Simulation, type SimulationEvent } from "@utxoracle/simulator";
import { ConfirmedSide } from "../src/confirmed/confirmed-side.ts";
import { LiveWindow } from "../src/ingest/live-window.ts";
import { serviceSink } from "../src/serve/service-sink.ts";
import { type SyncNode, syncWindow } from "../src/sync/sync-window.ts";

export const START = 1_700_000_000;

/**
 * A simulated node with live window and confirmed prices, without sockets, timers or clocks. A test
 * decides which events are lost.
 */
export class SimulatedWorld {
  readonly simulation: Simulation;
  readonly window: LiveWindow;
  readonly confirmed: ConfirmedSide;
  readonly sink: ReturnType<typeof serviceSink>;
  readonly windowSeconds: number;
  /** Whether the node has read its saved mempool. */
  mempoolLoaded = true;

  constructor(options: { seed: number; windowSeconds: number; transactionsPerSecond: number }) {
    const { seed, windowSeconds, transactionsPerSecond } = options;
    this.windowSeconds = windowSeconds;
    this.simulation = new Simulation(
      {
        seed,
        transactionsPerSecond,
        historySeconds: 0,
        blockIntervalSeconds: 60,
        replacementShare: 0.05,
        evictionShare: 0.02,
        unseenShare: 0.02,
      },
      START,
    );
    this.window = new LiveWindow({ windowSeconds, engine: "reference" });
    this.confirmed = new ConfirmedSide({
      windowSeconds,
      engine: "reference",
      now: () => Date.now() / 1000,
      estimate: () => ({ price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null }),
    });
    const counter = { inc: () => undefined };
    this.sink = serviceSink({
      window: this.window,
      windowSeconds,
      confirmed: this.confirmed,
      metrics: { blocks: counter, windowRemovals: counter } as never,
      now: () => this.now(),
    });
  }

  now(): number {
    return START + this.simulation.time;
  }

  /** Advances the time. Events for which `isLost` returns true do not arrive. */
  advance(seconds: number, isLost: (event: SimulationEvent) => boolean = () => false): void {
    this.simulation.advance(this.simulation.time + seconds, (event) => this.deliver(event, isLost));
  }

  reorganize(depth: number, isLost: (event: SimulationEvent) => boolean = () => false): void {
    this.simulation.reorganize(depth, (event) => this.deliver(event, isLost));
  }

  deliver(event: SimulationEvent, isLost: (event: SimulationEvent) => boolean): void {
    if (isLost(event)) return;
    const time = START + event.time;
    switch (event.type) {
      case "transaction_added":
        this.sink.transaction(event.transaction.rawBytes, time);
        break;
      case "transaction_removed":
        this.sink.removed(event.transaction.txid);
        break;
      case "block_connected": {
        // A node publishes a block's transactions again, before or after the block.
        for (const { rawBytes } of event.block.transactions ?? []) this.sink.transaction(rawBytes, time);
        this.sink.block(rawBlockOf(event.block), null, time);
        break;
      }
      case "block_disconnected":
        this.sink.blockDisconnected(event.block.hash);
        break;
    }
  }

  sync(wasRemoved: (txid: string) => boolean = () => false, node: SyncNode = this.node) {
    return syncWindow({
      node,
      window: this.sink,
      windowSeconds: this.windowSeconds,
      blockSeconds: this.windowSeconds,
      now: () => this.now(),
      checkClock: () => undefined,
      wasRemoved,
      signal: new AbortController().signal,
    });
  }

  /** Ids in the blocks of the window. */
  confirmedTxids(): string[] {
    const oldest = this.now() - this.windowSeconds;
    const blocks = this.simulation.blocks.filter(({ timestamp }) => timestamp >= oldest);
    return blocks.flatMap(({ transactions }) => (transactions ?? []).map(({ txid }) => txid));
  }

  /** What the node's RPC would answer. */
  readonly node: SyncNode = {
    getBlockchainInfo: async (): Promise<BlockchainInfo> => ({
      chain: "main",
      blocks: this.simulation.tip.height,
      headers: this.simulation.tip.height,
      bestBlockHash: this.simulation.tip.hash,
      initialBlockDownload: false,
      verificationProgress: 1,
      pruned: false,
      pruneHeight: null,
    }),
    getMempoolInfo: async (): Promise<MempoolInfo> => ({
      loaded: this.mempoolLoaded,
      size: this.simulation.mempool.size,
      bytes: 0,
    }),
    getMempoolEntries: (): AsyncGenerator<MempoolEntry, void, undefined> => this.#entries(),
    getRawTransactions: (txids): AsyncGenerator<FetchedTransaction, void, undefined> => this.#transactions(txids),
    getBlockHeader: async (hash: string): Promise<BlockHeader> => {
      const block = this.#block(hash);
      return {
        hash,
        height: block.height,
        time: block.timestamp,
        confirmations: 1,
        previousBlockHash: this.simulation.blocks.some((other) => other.hash === block.previousHash)
          ? block.previousHash
          : null,
        transactionCount: block.transactionCount,
      };
    },
    getBlock: async (hash: string): Promise<Uint8Array> => rawBlockOf(this.#block(hash)),
  };

  async *#entries(): AsyncGenerator<MempoolEntry, void, undefined> {
    for (const { transaction, enteredAt } of [...this.simulation.mempool.entries()])
      yield {
        txid: transaction.txid,
        time: Math.floor(START + enteredAt),
        vsize: transaction.vsize,
        feeSats: transaction.feeSats,
        ancestorCount: transaction.depth + 1,
        depends: transaction.parents.map((parent) => parent.txid).filter((txid) => this.simulation.mempool.has(txid)),
      };
  }

  async *#transactions(txids: Iterable<string>): AsyncGenerator<FetchedTransaction, void, undefined> {
    for (const txid of txids) yield { txid, rawBytes: this.simulation.mempool.get(txid)?.transaction.rawBytes ?? null };
  }

  #block(hash: string) {
    const block = this.simulation.blocks.find((candidate) => candidate.hash === hash);
    if (block === undefined) throw new Error(`the node does not know block ${hash}`);
    return block;
  }
}

function rawBlockOf(block: Simulation["tip"]): Uint8Array {
  const bytes = block.toBytes();
  if (bytes === null) throw new Error("the block is pruned");
  return bytes;
}
