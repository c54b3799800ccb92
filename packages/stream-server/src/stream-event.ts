/** Kind of a client's connection. */
export type ClientKind = "websocket" | "sse";

/** Why a client's connection ended. */
export type CloseCause =
  /** The client closed the connection. */
  | "client"
  /** No pong in time, and the client read nothing. */
  | "no_pong"
  /** Too much waited in its buffer for too long, or it took too little of it. */
  | "slow_reader"
  /** An SSE response reached its maximum age; the client may reconnect and resume. */
  | "max_age"
  /** An error in the server, see the event `client_failed`. */
  | "failed"
  /** The client exceeded the message rate. */
  | "message_flood"
  /** The client sent a malformed or oversized frame. */
  | "protocol_error"
  /** The server is shutting down. */
  | "shutdown";

/** Why a connection was refused. */
export type RefusalReason =
  | "origin"
  | "too_many_clients"
  | "too_many_clients_of_address"
  | "no_such_channel"
  | "bad_handshake"
  | "too_many_connections"
  | "shutting_down";

/** Why an HTTP connection was closed because of its client. */
export type HttpRefusalCode =
  /** Not HTTP. */
  | "bad_request"
  /** Not HTTP 1.0 or 1.1. */
  | "http_version"
  | "request_timeout"
  | "headers_too_large"
  | "url_too_long"
  /** Too many pipelined requests; queued ones are still handled. */
  | "too_many_requests_in_flight"
  /** The client read nothing of its response for too long. */
  | "answer_not_taken";

/** Events for logs and metrics. They contain no secrets; addresses are those of clients. */
export type StreamEvent =
  | { readonly type: "listening"; readonly host: string; readonly port: number }
  | { readonly type: "closed"; readonly durationMs: number; readonly cutOffClients: number }
  | { readonly type: "client_connected"; readonly client: number; readonly kind: ClientKind; readonly address: string }
  | {
      readonly type: "client_closed";
      readonly client: number;
      readonly kind: ClientKind;
      readonly address: string;
      readonly cause: CloseCause;
      /** WebSocket close code sent or received (1006: none); null for SSE. */
      readonly code: number | null;
      readonly connectedMs: number;
      readonly droppedUpdates: number;
    }
  | {
      readonly type: "connection_refused";
      readonly reason: RefusalReason;
      /** HTTP status of the response; null if the connection was dropped without one. */
      readonly status: number | null;
      readonly address: string;
    }
  /** A client reads too slowly. Emitted once until it has caught up. */
  | {
      readonly type: "client_slow";
      readonly client: number;
      readonly kind: ClientKind;
      readonly address: string;
      readonly bufferedBytes: number;
    }
  | { readonly type: "updates_dropped"; readonly topic: string; readonly updates: number }
  | {
      readonly type: "broadcast";
      readonly topic: string;
      readonly clients: number;
      readonly deltaBytes: number;
      /** From publishing until all clients were served. */
      readonly durationMs: number;
      /** Time in which the event loop was blocked. */
      readonly busyMs: number;
      readonly longestSliceMs: number;
    }
  | {
      readonly type: "http_request";
      readonly method: string;
      /** The path if it is a route, else null. Safe as a metric label. */
      readonly path: string | null;
      readonly status: number;
      readonly durationMs: number;
    }
  | {
      readonly type: "http_refused";
      readonly code: HttpRefusalCode;
      /** HTTP status of the response; null if the connection was closed without one. */
      readonly status: number | null;
      readonly address: string;
    }
  /**
   * An error occurred while serving a client. The client is disconnected, others are not affected.
   */
  | {
      readonly type: "client_failed";
      readonly client: number;
      readonly kind: ClientKind;
      readonly address: string;
      readonly error: unknown;
    }
  /** A route handler threw; the client got a 500. */
  | { readonly type: "handler_failed"; readonly path: string; readonly error: unknown }
  /** The system could not accept a connection, e.g. because of too many open files. */
  | { readonly type: "accept_failed"; readonly error: Error }
  /** A topic's `snapshot` callback threw; clients that need it wait for the next update. */
  | { readonly type: "publisher_failed"; readonly topic: string; readonly error: unknown };
