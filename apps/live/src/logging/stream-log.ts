import type { StreamEvent } from "@utxoracle/stream-server";
import type { Logger } from "./create-logger.ts";
import { RepeatFilter } from "./repeat-filter.ts";

/** Minimum time between two lines for the same kind of event, ms. */
const REPEAT_PERIOD_MS = 10_000;

/**
 * Logs the events of the stream server that matter to an operator.
 * @param now monotonic clock, milliseconds.
 */
export function createStreamLog(
  logger: Logger,
  now: () => number = () => performance.now(),
): (event: StreamEvent) => void {
  const repeats = new RepeatFilter(REPEAT_PERIOD_MS, now);
  const once = (level: "info" | "warn" | "error", kind: string, fields: object, sentence: string): void => {
    const suppressed = repeats.admit(kind);
    if (suppressed === null) return;
    logger[level](suppressed === 0 ? fields : { ...fields, also_since_last_line: suppressed }, sentence);
  };
  return (event) => {
    switch (event.type) {
      case "client_connected":
        logger.debug({ client: event.client, kind: event.kind, address: event.address }, "client connected");
        break;
      case "client_closed":
        clientClosed(event, logger, once);
        break;
      case "client_slow":
        once(
          "info",
          "client_slow",
          { client: event.client, address: event.address, buffered_bytes: event.bufferedBytes },
          "client too slow; updates dropped until it catches up",
        );
        break;
      case "connection_refused":
        once(
          "warn",
          `refused ${event.reason}`,
          { reason: event.reason, status: event.status, address: event.address },
          "connection refused",
        );
        break;
      case "http_refused":
        once(
          "warn",
          `http ${event.code}`,
          { code: event.code, status: event.status, address: event.address },
          "HTTP connection closed",
        );
        break;
      case "client_failed":
        once("error", "client_failed", { client: event.client, kind: event.kind, err: event.error }, "client failed");
        break;
      case "handler_failed":
        once("error", `handler ${event.path}`, { path: event.path, err: event.error }, "HTTP handler failed");
        break;
      case "publisher_failed":
        once("error", `publisher ${event.topic}`, { topic: event.topic, err: event.error }, "snapshot failed");
        break;
      case "listening":
        logger.info({ host: event.host, port: event.port }, "listening");
        break;
      case "closed":
        logger.info({ took_ms: Math.round(event.durationMs), cut_off: event.cutOffClients }, "server closed");
        break;
      default:
        break;
    }
  };
}

function clientClosed(
  event: StreamEvent & { type: "client_closed" },
  logger: Logger,
  once: (level: "info" | "warn", kind: string, fields: object, sentence: string) => void,
): void {
  const { client, kind, address, cause, code, droppedUpdates } = event;
  const fields = { client, kind, address, cause, code, connected_ms: Math.round(event.connectedMs) };
  if (cause === "client" || cause === "shutdown") logger.debug(fields, "client disconnected");
  else
    once(
      "warn",
      `closed ${cause}`,
      { ...fields, dropped_updates: droppedUpdates },
      "client disconnected by the server",
    );
}
