import type { FeedEvent } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { gapMessage } from "../../ingest/gap-message.ts";

/**
 * Logs the events of the feed that is being recorded.
 * @param ownPause length of a recent pause of this process in seconds; null without one.
 */
export const recordingEvents =
  (log: Logger, ownPause: () => number | null) =>
  (event: FeedEvent): void => {
    const { type, ...fields } = event;
    switch (event.type) {
      case "gap": {
        const paused = ownPause();
        log.warn(
          { ...fields, ...(paused === null ? {} : { paused_seconds: Math.round(paused) }) },
          `${gapMessage(event.topic, paused)}; the recording has a gap`,
        );
        break;
      }
      case "slow_consumer":
        if (event.phase === "recovered") log.info(fields, "recording caught up with the node");
        else
          log.warn(
            fields,
            "recording is too slow; messages lost, the recording has a gap (needs a faster disk or more CPU)",
          );
        break;
      case "connect_failed":
        log.warn(fields, event.message);
        break;
      default:
        log.info(fields, type.replaceAll("_", " "));
    }
  };
