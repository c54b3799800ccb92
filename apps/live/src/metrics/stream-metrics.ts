import type { StreamEvent } from "@utxoracle/stream-server";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const MS_PER_SECOND = 1000;
const BROADCAST_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SLICE_BUCKETS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1];
const REQUEST_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
/** Label of every path that is not the server's own: paths come from outside and must not become labels. */
const OTHER_PATHS = "other";

/** @returns a listener that counts what the stream server tells. */
export function streamMetrics(registry: Registry): (event: StreamEvent) => void {
  const registers = [registry];
  const clients = new Gauge({
    name: "utxoracle_stream_clients",
    help: "Readers connected to the stream",
    labelNames: ["kind"],
    registers,
  });
  clients.set({ kind: "websocket" }, 0);
  clients.set({ kind: "sse" }, 0);
  const closed = new Counter({
    name: "utxoracle_stream_clients_closed_total",
    help: "Readers that left, by cause",
    labelNames: ["kind", "cause"],
    registers,
  });
  const refused = new Counter({
    name: "utxoracle_stream_refused_total",
    help: "Connections refused, by reason",
    labelNames: ["reason"],
    registers,
  });
  const dropped = new Counter({
    name: "utxoracle_stream_dropped_updates_total",
    help: "Updates not sent to readers that are too slow",
    labelNames: ["topic"],
    registers,
  });
  const slow = new Counter({
    name: "utxoracle_stream_slow_readers_total",
    help: "Times a reader fell so far behind that updates were dropped",
    registers,
  });
  const broadcast = new Histogram({
    name: "utxoracle_stream_broadcast_seconds",
    help: "Time from an update to the last reader's turn",
    labelNames: ["topic"],
    buckets: BROADCAST_BUCKETS,
    registers,
  });
  const slice = new Histogram({
    name: "utxoracle_stream_longest_slice_seconds",
    help: "Longest time that one update held the event loop",
    buckets: SLICE_BUCKETS,
    registers,
  });
  const requests = new Histogram({
    name: "utxoracle_http_request_seconds",
    help: "Time of HTTP requests, the stream's left out",
    labelNames: ["path", "status"],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const badRequests = new Counter({
    name: "utxoracle_http_refused_total",
    help: "Requests that were no HTTP, too large or too slow",
    labelNames: ["code"],
    registers,
  });

  return (event) => {
    switch (event.type) {
      case "client_connected":
        clients.inc({ kind: event.kind });
        break;
      case "client_closed":
        clients.dec({ kind: event.kind });
        closed.inc({ kind: event.kind, cause: event.cause });
        break;
      case "connection_refused":
        refused.inc({ reason: event.reason });
        break;
      case "client_slow":
        slow.inc();
        break;
      case "updates_dropped":
        dropped.inc({ topic: event.topic }, event.updates);
        break;
      case "broadcast":
        broadcast.observe({ topic: event.topic }, event.durationMs / MS_PER_SECOND);
        slice.observe(event.longestSliceMs / MS_PER_SECOND);
        break;
      case "http_request":
        requests.observe({ path: event.path ?? OTHER_PATHS, status: event.status }, event.durationMs / MS_PER_SECOND);
        break;
      case "http_refused":
        badRequests.inc({ code: event.code });
        break;
      default:
        break;
    }
  };
}
