import type { FeedMessage } from "@utxoracle/zmq-source";
import type { FeedSink } from "./feed.ts";

/** Hands a message to the window. @param timestamp its arrival, Unix seconds. */
export function deliver(message: FeedMessage, timestamp: number, sink: FeedSink): void {
  switch (message.topic) {
    case "rawtx":
      sink.transaction(message.rawBytes, timestamp);
      break;
    case "rawblock":
      sink.block(message.rawBytes, null, timestamp);
      break;
    case "sequence":
      if (message.label === "R") sink.removed(message.hash);
      else if (message.label === "D") sink.blockDisconnected(message.hash);
      break;
    case "hashblock":
      break;
    default:
      message satisfies never;
  }
}
