import { type NodeFeed, type NodeFeedOptions, streamNodeFeed, ZmqSourceError } from "@utxoracle/zmq-source";
import { budgets } from "../config/budgets.ts";
import { ExitCode, UserError } from "../config/user-error.ts";

/**
 * Opens the node's feed within the budgets.
 * @throws {UserError} if no socket can be opened for an address.
 */
export function openZmq(options: NodeFeedOptions): NodeFeed {
  try {
    return streamNodeFeed({
      maxQueuedMessages: budgets.zmqQueue.count,
      maxQueuedBytes: budgets.zmqQueue.bytes,
      maxMessageBytes: budgets.zmqMessage.bytes,
      maxUnfinishedBytes: budgets.zmqUnfinished.bytes,
      receiveHighWaterMark: budgets.zmqReceived.count,
      ...options,
    });
  } catch (error) {
    if (!(error instanceof ZmqSourceError) || error.code !== "socket_failed") throw error;
    const remedy = "check the address, or raise the limit of file descriptors with ulimit -n or LimitNOFILE=";
    throw new UserError(`no socket for the node's feed: ${error.message}; ${remedy}`, ExitCode.failed, {
      cause: error,
    });
  }
}
