import { Simulation, type SimulationEvent } from "@utxoracle/simulator";
import { type FeedMessage, openCaptureWriter } from "@utxoracle/zmq-source";

/** How much traffic, and how it is spread. */
export interface Traffic {
  readonly seed: number;
  readonly transactions: number;
  readonly blocks: number;
  /** A day, in a tenth of it or whole. */
  readonly spanSeconds: number;
  /** Unix seconds of the first message. */
  readonly startTime: number;
  /** After all of it so long nothing comes, then one more block; default: it ends with its traffic. */
  readonly silenceSeconds?: number;
}

/** What a capture of it holds. */
export interface CapturedTraffic {
  /** Different transactions, coinbases included. */
  readonly transactions: number;
  readonly blocks: number;
  readonly messages: number;
  readonly tipHeight: number;
  readonly lastTimestamp: number;
  readonly lastPrice: number;
}

/** Messages of each topic so far: the counters of a node. */
type Counters = { rawtx: number; rawblock: number; sequence: number };

/** Writes what a node publishes in so much traffic as a capture, without a node, as fast as it can be made up. */
export async function captureTraffic(path: string, traffic: Traffic): Promise<CapturedTraffic> {
  const { seed, transactions, blocks, spanSeconds, startTime, silenceSeconds } = traffic;
  const simulation = new Simulation(
    {
      seed,
      // A little more than needed: replaced ones count too, and it ends at the exact number.
      transactionsPerSecond: transactions / spanSeconds,
      historySeconds: 0,
      blockIntervalSeconds: Number.POSITIVE_INFINITY,
    },
    startTime,
  );
  const writer = await openCaptureWriter(path, { ifExists: "overwrite", metadata: { chain: "main" } });
  const counters: Counters = { rawtx: 0, rawblock: 0, sequence: 0 };
  const txids = new Set<string>();
  let messages = 0;
  let lastTimestamp = startTime;
  let pending: FeedMessage[] = [];
  const take = (event: SimulationEvent): void => {
    for (const message of published(event, startTime, counters)) pending.push(message);
    if (event.type === "transaction_added") txids.add(event.transaction.txid);
    else if (event.type === "block_connected") for (const { txid } of event.block.transactions ?? []) txids.add(txid);
  };
  const write = async (): Promise<void> => {
    for (const message of pending) {
      await writer.write(message);
      lastTimestamp = message.timestamp;
    }
    messages += pending.length;
    pending = [];
  };
  for (let block = 1; block <= blocks; block++) {
    const until = (block * spanSeconds) / blocks;
    // In steps, so that little waits in memory.
    for (let time = simulation.time; time < until; await write()) {
      time = Math.min(until, time + 30);
      simulation.advance(time, take);
    }
    simulation.mineBlock(take);
    await write();
  }
  if (silenceSeconds !== undefined) {
    simulation.setTransactionsPerSecond(0);
    simulation.advance(simulation.time + silenceSeconds, take);
    simulation.mineBlock(take);
    await write();
  }
  await writer.close();
  return {
    transactions: txids.size,
    blocks: blocks + Number(silenceSeconds !== undefined),
    messages,
    tipHeight: simulation.tip.height,
    lastTimestamp,
    lastPrice: simulation.priceAt(simulation.time),
  };
}

/** The messages of a node about one event, in its order. */
function* published(event: SimulationEvent, startTime: number, counters: Counters): Generator<FeedMessage> {
  const timestamp = startTime + event.time;
  const rawtx = (rawBytes: Uint8Array): FeedMessage => ({
    topic: "rawtx",
    rawBytes,
    timestamp,
    counter: counters.rawtx++,
  });
  const sequence = (label: "A" | "R" | "C" | "D", hash: string, mempoolSequence: number | null): FeedMessage =>
    ({ topic: "sequence", label, hash, mempoolSequence, timestamp, counter: counters.sequence++ }) as FeedMessage;
  switch (event.type) {
    case "transaction_added":
      yield rawtx(event.transaction.rawBytes);
      yield sequence("A", event.transaction.txid, event.mempoolSequence);
      return;
    case "transaction_removed":
      yield sequence("R", event.transaction.txid, event.mempoolSequence);
      return;
    case "block_connected": {
      for (const { rawBytes } of event.block.transactions ?? []) yield rawtx(rawBytes);
      yield sequence("C", event.block.hash, null);
      const rawBytes = event.block.toBytes();
      if (rawBytes === null) throw new Error(`block ${event.block.height} has no transactions any more`);
      yield { topic: "rawblock", rawBytes, timestamp, counter: counters.rawblock++ };
      return;
    }
    case "block_disconnected":
      throw new Error("this traffic has no reorganisations");
  }
}
