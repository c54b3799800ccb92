import type { NodePublisher } from "./node-publisher.ts";
import type { SimulatedBlock } from "./simulated-block.ts";
import type { SimulationEvent } from "./simulation.ts";

/**
 * Publishes an event as Bitcoin Core does: `rawtx` on entry to the mempool and once more for every
 * transaction of a connected or disconnected block (the coinbase too), then `sequence`, then for a
 * connected block `hashblock` and `rawblock`.
 */
export function announce(publisher: NodePublisher, event: SimulationEvent): void {
  switch (event.type) {
    case "transaction_added":
      publisher.publish("rawtx", event.transaction.rawBytes);
      publisher.publish("sequence", sequenceBody(event.transaction.txid, "A", event.mempoolSequence));
      return;
    case "transaction_removed":
      publisher.publish("sequence", sequenceBody(event.transaction.txid, "R", event.mempoolSequence));
      return;
    case "block_connected":
      announceTransactions(publisher, event.block);
      publisher.publish("sequence", sequenceBody(event.block.hash, "C", null));
      publisher.publish("hashblock", Buffer.from(event.block.hash, "hex"));
      if (publisher.has("rawblock")) publisher.publish("rawblock", wholeBytes(event.block));
      return;
    case "block_disconnected":
      announceTransactions(publisher, event.block);
      publisher.publish("sequence", sequenceBody(event.block.hash, "D", null));
  }
}

function announceTransactions(publisher: NodePublisher, block: SimulatedBlock): void {
  for (const { rawBytes } of block.transactions ?? []) publisher.publish("rawtx", rawBytes);
}

function wholeBytes(block: SimulatedBlock): Buffer {
  const bytes = block.toBytes();
  if (bytes === null) throw new Error(`block ${block.height} was pruned before it was announced`);
  return bytes;
}

/**
 * 32 bytes of hash in display order, the label, and for transactions the mempool counter in 8
 * bytes.
 */
function sequenceBody(hash: string, label: "A" | "R" | "C" | "D", mempoolSequence: number | null): Buffer {
  const body = Buffer.alloc(mempoolSequence === null ? 33 : 41);
  body.write(hash, 0, 32, "hex");
  body.write(label, 32, "latin1");
  if (mempoolSequence !== null) body.writeBigUInt64LE(BigInt(mempoolSequence), 33);
  return body;
}
