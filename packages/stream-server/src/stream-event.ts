/** How a client is connected. */
export type ClientKind = "websocket" | "sse";

/** Why a client's connection ended. */
export type CloseCause =
  /** The client left, with a close frame or by ending the connection. */
  | "client"
  /** It answered no ping in time, and took nothing that waited for it. */
  | "no_pong"
  /** Too much waited in its buffer for too long, or (SSE) it took nothing for too long. */
  | "slow_reader"
  /** Sending to it failed for a reason that is not the client's, see the event `client_failed`. */
  | "failed"
  /** It sent more messages than allowed. */
  | "message_flood"
  /** It sent a frame that is malformed or too large. */
  | "protocol_error"
  /** The server closes. */
  | "shutdown";

/** Why a connection was refused before it became a client. */
export type RefusalReason =
  | "origin"
  | "too_many_clients"
  | "too_many_clients_of_address"
  | "no_such_channel"
  | "bad_handshake"
  | "too_many_connections"
  | "shutting_down";

/** Why a connection was closed because of what its client sent, or did not take. */
export type HttpRefusalCode =
  /** No HTTP. */
  | "bad_request"
  /** Another version of HTTP than 1.0 or 1.1. */
  | "http_version"
  | "request_timeout"
  | "headers_too_large"
  | "url_too_long"
  /** More requests at once than are held; those that are get their answers first. */
  | "too_many_requests_in_flight"
  /** The client took nothing of its answer for too long. */
  | "answer_not_taken";

/** What happens in the server, for logs and metrics. Nothing in it is secret; addresses are those of clients. */
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
      /** WebSocket close code that was sent or received (1006: none); null for SSE. */
      readonly code: number | null;
      readonly connectedMs: number;
      readonly droppedUpdates: number;
    }
  | {
      readonly type: "connection_refused";
      readonly reason: RefusalReason;
      /** HTTP status of the answer; null when the connection was dropped without one. */
      readonly status: number | null;
      readonly address: string;
    }
  /** A client reads too slowly; told once until it has caught up. */
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
      /** From publishing to the last client's turn. */
      readonly durationMs: number;
      /** Time of it that the event loop was held. */
      readonly busyMs: number;
      readonly longestSliceMs: number;
    }
  | {
      readonly type: "http_request";
      readonly method: string;
      /** The path if it is one of the server's own; null for any other, so that it may be a metric's label. */
      readonly path: string | null;
      readonly status: number;
      readonly durationMs: number;
    }
  | {
      readonly type: "http_refused";
      readonly code: HttpRefusalCode;
      /** HTTP status of the answer; null when the connection was closed without one. */
      readonly status: number | null;
      readonly address: string;
    }
  /** Something threw while a client was served; that client is cut off, the others are served on. */
  | {
      readonly type: "client_failed";
      readonly client: number;
      readonly kind: ClientKind;
      readonly address: string;
      readonly error: unknown;
    }
  /** A route's handler threw; the client got a 500. */
  | { readonly type: "handler_failed"; readonly path: string; readonly error: unknown }
  /** The system would not hand over a connection, e.g. because it is out of file descriptors. */
  | { readonly type: "accept_failed"; readonly error: Error }
  /** A topic's `snapshot` callback threw; clients that need it wait for the next update. */
  | { readonly type: "publisher_failed"; readonly topic: string; readonly error: unknown };
