import type { NodeFeedOptions } from "@utxoracle/zmq-source";
import { budgets } from "./budgets.ts";

/** Feed options from the budgets. */
export const feedBudgets = {
  maxQueuedMessages: budgets.zmqQueue.count,
  maxQueuedBytes: budgets.zmqQueue.bytes,
  maxMessageBytes: budgets.zmqMessage.bytes,
  maxUnfinishedBytes: budgets.zmqUnfinished.bytes,
  receiveHighWaterMark: budgets.zmqReceived.count,
} satisfies Partial<NodeFeedOptions>;
