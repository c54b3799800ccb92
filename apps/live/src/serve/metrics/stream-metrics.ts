import type { ClientKind, CloseCause, HttpRefusalCode, RefusalReason, StreamEvent } from "@utxoracle/stream-server";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { labelledCounter, valuesOf } from "../../state/counter.ts";

const MS_PER_SECOND = 1000;
const BROADCAST_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SLICE_BUCKETS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1];
const REQUEST_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
/** Label of every path that is not the server's own: paths come from outside and must not become labels. */
const OTHER_PATHS = "other";
const kinds = valuesOf<ClientKind>({ websocket: true, sse: true });
const closeCauses = valuesOf<CloseCause>({
  client: true,
  no_pong: true,
  slow_reader: true,
  failed: true,
  message_flood: true,
  protocol_error: true,
  shutdown: true,
});
const refusalReasons = valuesOf<RefusalReason>({
  origin: true,
  too_many_clients: true,
  too_many_clients_of_address: true,
  no_such_channel: true,
  bad_handshake: true,
  too_many_connections: true,
  shutting_down: true,
});
const topics = ["mempool_update", "confirmed_update", "other"] as const;
const refusedRequests = valuesOf<HttpRefusalCode>({
  bad_request: true,
  http_version: true,
  request_timeout: true,
  headers_too_large: true,
  url_too_long: true,
  too_many_requests_in_flight: true,
  answer_not_taken: true,
});

/** @returns a listener that counts what the stream server tells. */
export function streamMetrics(registry: Registry): (event: StreamEvent) => void {
  const registers = [registry];
  const clients = new Gauge({
    name: "utxoracle_stream_clients",
    help: "Clients connected to the stream",
    labelNames: ["kind"],
    registers,
  });
  for (const kind of kinds) clients.set({ kind }, 0);
  const closed = labelledCounter(
    registry,
    { name: "utxoracle_stream_clients_closed_total", help: "Clients that left, by cause" },
    { kind: kinds, cause: closeCauses },
  );
  const refused = labelledCounter(
    registry,
    { name: "utxoracle_stream_refused_total", help: "Connections refused, by reason" },
    { reason: refusalReasons },
  );
  const dropped = labelledCounter(
    registry,
    { name: "utxoracle_stream_dropped_updates_total", help: "Updates not sent to clients that are too slow" },
    { topic: topics },
  );
  const slow = new Counter({
    name: "utxoracle_stream_slow_readers_total",
    help: "Times a client fell so far behind that updates were dropped",
    registers,
  });
  const broadcast = new Histogram({
    name: "utxoracle_stream_broadcast_seconds",
    help: "Time from an update to the last client's turn",
    labelNames: ["topic"],
    buckets: BROADCAST_BUCKETS,
    registers,
  });
  for (const topic of topics) if (topic !== "other") broadcast.zero({ topic });
  const slice = new Histogram({
    name: "utxoracle_stream_longest_slice_seconds",
    help: "Longest time that one update held the event loop",
    buckets: SLICE_BUCKETS,
    registers,
  });
  const requests = new Histogram({
    name: "utxoracle_http_request_seconds",
    help: "Time of HTTP requests without the stream's",
    labelNames: ["path", "status"],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const badRequests = labelledCounter(
    registry,
    {
      name: "utxoracle_http_refused_total",
      help: "HTTP connections closed for what their clients sent or did not take",
    },
    { code: refusedRequests },
  );

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
        dropped.inc({ topic: knownOrOther(topics, event.topic) }, event.updates);
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

/** A label's value; what is not in the list becomes "other". */
function knownOrOther<Value extends string>(values: readonly Value[], text: string): Value | "other" {
  return values.find((value) => value === text) ?? "other";
}
