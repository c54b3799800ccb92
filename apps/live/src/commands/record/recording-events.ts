import type { FeedEvent } from "@utxoracle/zmq-source";
import type { Logger } from "pino";

/**
 * Logs what happens around the feed of a recording.
 * @param ownPause length in seconds of a recent pause of this process; null without one
 */
export const recordingEvents =
  (log: Logger, ownPause: () => number | null) =>
  (event: FeedEvent): void => {
    const { type, ...fields } = event;
    switch (event.type) {
      case "gap": {
        const paused = ownPause();
        if (paused === null) log.warn(fields, "the node dropped messages: the recording has a gap");
        else
          log.warn(
            { ...fields, paused_seconds: Math.round(paused) },
            "messages were lost while this program was paused: the recording has a gap; give it more CPU and memory",
          );
        break;
      }
      case "slow_consumer":
        if (event.phase === "recovered") log.info(fields, "recording keeps up with the node again");
        else
          log.warn(
            fields,
            "recording falls behind the node: messages are lost, and the recording has a gap; use a faster disk or more CPU",
          );
        break;
      case "connect_failed":
        log.warn(fields, event.message);
        break;
      default:
        log.info(fields, type.replaceAll("_", " "));
    }
  };
