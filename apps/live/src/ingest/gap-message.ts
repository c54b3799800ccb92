import type { FeedTopic } from "@utxoracle/zmq-source";
import type { LogMessage } from "../logging/log-messages.ts";

/**
 * Log message and remedy for a gap in a topic. After a pause of this process a node without a limit
 * would still have kept the messages, so its setting is named in both cases.
 * @param ownPause length of a recent pause of this process in seconds; null without one.
 */
export function gapMessage(
  topic: FeedTopic,
  ownPause: number | null,
): { readonly message: LogMessage; readonly remedy: string } {
  const setting = `add zmqpub${topic}hwm=0 to the node's bitcoin.conf`;
  return ownPause === null
    ? { message: "node dropped messages", remedy: setting }
    : {
        message: "messages lost while the program was paused",
        remedy: `give it more CPU and memory, and ${setting}`,
      };
}
