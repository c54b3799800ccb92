import type { FeedTopic } from "@utxoracle/zmq-source";

/**
 * Log message for a gap in a topic, with the remedy. After a pause of this process a node without a
 * limit would still have kept the messages, so its setting is named in both cases.
 * @param ownPause length of a recent pause of this process in seconds; null without one.
 */
export const gapMessage = (topic: FeedTopic, ownPause: number | null): string =>
  ownPause === null
    ? `node dropped messages: add zmqpub${topic}hwm=0 to its bitcoin.conf`
    : `messages lost while the program was paused: give it more CPU and memory, and add zmqpub${topic}hwm=0 to the node's bitcoin.conf`;
