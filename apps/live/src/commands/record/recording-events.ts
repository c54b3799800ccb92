import type { FeedEvent } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { gapMessage } from "../../ingest/gap-message.ts";
import { logLine } from "../../logging/log-line.ts";

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
        const { message, remedy } = gapMessage(event.topic, paused);
        const pauseField = paused === null ? {} : { paused_seconds: Math.round(paused) };
        logLine(log, "recording has a gap", { ...fields, ...pauseField }, `${message}: ${remedy}`);
        break;
      }
      case "slow_consumer":
        if (event.phase === "recovered") logLine(log, "recording caught up with the node", fields);
        else logLine(log, "recording too slow; messages lost", fields, "use a faster disk or more CPU");
        break;
      case "connect_failed":
        logLine(log, "not connected to node", fields, event.message);
        break;
      case "connected":
        logLine(log, "connected to node", fields);
        break;
      case "disconnected":
        logLine(log, "connection to node lost; reconnecting", fields);
        break;
      default:
        logLine(log, "feed event", { type, ...fields });
    }
  };
