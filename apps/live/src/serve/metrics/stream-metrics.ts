import type { ClientKind, CloseCause, HttpRefusalCode, RefusalReason, StreamEvent } from "@utxoracle/stream-server";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { labeledCounter, valuesOf } from "../../logging/counter.ts";

const MS_PER_SECOND = 1000;
const BROADCAST_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SLICE_BUCKETS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1];
const REQUEST_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
/** Label of all unknown paths: external input must not create labels. */
const OTHER_PATHS = "other";
const kinds = valuesOf<ClientKind>({ websocket: true, sse: true });
const closeCauses = valuesOf<CloseCause>({
  client: true,
  no_pong: true,
  slow_reader: true,
  max_age: true,
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

/** @returns a listener that counts the events of the stream server. */
export function streamMetrics(registry: Registry): (event: StreamEvent) => void {
  const registers = [registry];
  const clients = new Gauge({
    name: "utxoracle_stream_clients",
    help: "Clients connected to the stream",
    labelNames: ["kind"],
    registers,
  });
  for (const kind of kinds) clients.set({ kind }, 0);
  const closed = labeledCounter(
    registry,
    { name: "utxoracle_stream_clients_closed_total", help: "Clients disconnected, by cause" },
    { kind: kinds, cause: closeCauses },
  );
  const refused = labeledCounter(
    registry,
    { name: "utxoracle_stream_refused_total", help: "Connections refused, by reason" },
    { reason: refusalReasons },
  );
  const dropped = labeledCounter(
    registry,
    { name: "utxoracle_stream_dropped_updates_total", help: "Updates dropped for slow clients" },
    { topic: topics },
  );
  const slow = new Counter({
    name: "utxoracle_stream_slow_readers_total",
    help: "Times a client became too slow, so that updates were dropped",
    registers,
  });
  const broadcast = new Histogram({
    name: "utxoracle_stream_broadcast_seconds",
    help: "Time from an update until it was written for the last client",
    labelNames: ["topic"],
    buckets: BROADCAST_BUCKETS,
    registers,
  });
  for (const topic of topics) if (topic !== "other") broadcast.zero({ topic });
  const slice = new Histogram({
    name: "utxoracle_stream_longest_slice_seconds",
    help: "Longest time that one update blocked the event loop",
    buckets: SLICE_BUCKETS,
    registers,
  });
  const requests = new Histogram({
    name: "utxoracle_http_request_seconds",
    help: "Duration of HTTP requests, without those of the stream",
    labelNames: ["path", "status"],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const badRequests = labeledCounter(
    registry,
    {
      name: "utxoracle_http_refused_total",
      help: "HTTP connections closed because of invalid requests or unread responses, by code",
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

/** @returns the text if it is one of the values, else "other". */
function knownOrOther<Value extends string>(values: readonly Value[], text: string): Value | "other" {
  return values.find((value) => value === text) ?? "other";
}
