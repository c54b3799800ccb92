import type { NodeFeedOptions } from "@utxoracle/zmq-source";
import { budgets } from "./budgets.ts";

/** The bounds of a node's feed as its options. */
export const feedBudgets = {
  maxQueuedMessages: budgets.zmqQueue.count,
  maxQueuedBytes: budgets.zmqQueue.bytes,
  maxMessageBytes: budgets.zmqMessage.bytes,
  receiveHighWaterMark: budgets.zmqReceived.count,
} satisfies Partial<NodeFeedOptions>;
