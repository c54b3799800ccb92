import type { StreamEvent } from "@utxoracle/stream-server";
import type { Logger } from "./create-logger.ts";
import { logLine, suppressedField } from "./log-line.ts";
import type { LogMessage } from "./log-messages.ts";
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
  const once = (kind: string, fields: object, message: LogMessage): void => {
    const suppressed = repeats.admit(kind);
    if (suppressed !== null) logLine(logger, message, { ...fields, ...suppressedField(suppressed) });
  };
  return (event) => {
    switch (event.type) {
      case "client_connected":
        logLine(logger, "client connected", { client: event.client, kind: event.kind, address: event.address });
        break;
      case "client_closed":
        clientClosed(event, logger, once);
        break;
      case "client_slow":
        once(
          "client_slow",
          { client: event.client, address: event.address, buffered_bytes: event.bufferedBytes },
          "client too slow; updates dropped until it catches up",
        );
        break;
      case "connection_refused":
        once(
          `refused ${event.reason}`,
          { reason: event.reason, status: event.status, address: event.address },
          "connection refused",
        );
        break;
      case "http_refused":
        once(
          `http ${event.code}`,
          { code: event.code, status: event.status, address: event.address },
          "HTTP connection closed",
        );
        break;
      case "client_failed":
        once("client_failed", { client: event.client, kind: event.kind, err: event.error }, "client failed");
        break;
      case "handler_failed":
        once(`handler ${event.path}`, { path: event.path, err: event.error }, "HTTP handler failed");
        break;
      case "publisher_failed":
        once(`publisher ${event.topic}`, { topic: event.topic, err: event.error }, "snapshot failed");
        break;
      case "listening":
        logLine(logger, "listening", { host: event.host, port: event.port });
        break;
      case "closed":
        logLine(logger, "server closed", { took_ms: Math.round(event.durationMs), cut_off: event.cutOffClients });
        break;
      default:
        break;
    }
  };
}

function clientClosed(
  event: StreamEvent & { type: "client_closed" },
  logger: Logger,
  once: (kind: string, fields: object, message: LogMessage) => void,
): void {
  const { client, kind, address, cause, code, droppedUpdates } = event;
  const fields = { client, kind, address, cause, code, connected_ms: Math.round(event.connectedMs) };
  if (cause === "client" || cause === "shutdown") logLine(logger, "client disconnected", fields);
  else once(`closed ${cause}`, { ...fields, dropped_updates: droppedUpdates }, "client disconnected by the server");
}
