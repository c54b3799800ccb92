import { Simulation, type SimulationEvent } from "@utxoracle/simulator";
import { type FeedMessage, openCaptureWriter } from "@utxoracle/zmq-source";

/** Amount and distribution of traffic. */
export interface Traffic {
  readonly seed: number;
  readonly transactions: number;
  readonly blocks: number;
  /** Duration, seconds. */
  readonly spanSeconds: number;
  /** Unix seconds of the first message. */
  readonly startTime: number;
  /** Share of round dollar amounts, as the simulator's option. */
  readonly peakStrength?: number;
  /** Silence after the traffic, followed by one block, seconds. Default: none. */
  readonly silenceSeconds?: number;
}

/** Content of the capture. */
export interface CapturedTraffic {
  /** Distinct transactions, including coinbases. */
  readonly transactions: number;
  readonly blocks: number;
  readonly messages: number;
  readonly tipHeight: number;
  readonly lastTimestamp: number;
  readonly lastPrice: number;
}

/** Number of messages per topic, as counted by a node. */
type Counters = { rawtx: number; rawblock: number; sequence: number };

/** Writes a capture of simulated traffic, without a node. */
export async function captureTraffic(path: string, traffic: Traffic): Promise<CapturedTraffic> {
  const { seed, transactions, blocks, spanSeconds, startTime, peakStrength, silenceSeconds } = traffic;
  const simulation = new Simulation(
    {
      seed,
      // Slightly more than needed, because replaced transactions count too; it stops at the exact
      // number.
      transactionsPerSecond: transactions / spanSeconds,
      historySeconds: 0,
      ...(peakStrength !== undefined && { peakStrength }),
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
    // In steps, to bound memory.
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

/** Messages of a node about one event, in order. */
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
      throw new Error("this traffic has no reorganizations");
  }
}
