import { shown } from "./argument.ts";
import { StreamServerError } from "./stream-server-error.ts";

/** Limits of the server. All are optional; see {@link defaultLimits}. */
export interface StreamLimits {
  /** Maximum number of WebSocket and SSE clients; others get 503. */
  readonly maxClients: number;
  /**
   * Maximum number of WebSocket and SSE clients per address (IPv4 address or IPv6 /64); others get
   * 429.
   */
  readonly maxClientsPerAddress: number;
  /**
   * Maximum number of TCP connections; others are dropped. Default: `maxClients` plus 4,000. Own
   * server only.
   */
  readonly maxConnections: number;
  /** Maximum size of a client's message, bytes; a larger one closes with 1009. */
  readonly maxMessageBytes: number;
  /** Maximum number of frames per client message; more close with 1008. */
  readonly maxMessageFragments: number;
  /** Maximum number of reads per client frame; more close with 1008. */
  readonly maxFrameChunks: number;
  /**
   * Maximum number of frames (messages, pings, pongs) of a client in any second; more close with
   * 1008.
   */
  readonly maxMessagesPerSecond: number;
  /** Updates are dropped while a client's buffer exceeds this, bytes; a snapshot follows. */
  readonly dropAboveBytes: number;
  /** A client whose buffer exceeds this for `closeAfterMs` is closed with 1013, bytes. */
  readonly closeAboveBytes: number;
  /** Time above `closeAboveBytes` after which a client is closed, ms. */
  readonly closeAfterMs: number;
  /** Interval of pings, ms. */
  readonly pingIntervalMs: number;
  /** A client without a pong for this long is closed with 1013, ms. */
  readonly pongTimeoutMs: number;
  /** Interval of the checks for heartbeats and slow clients, ms. */
  readonly sweepIntervalMs: number;
  /** Time for a client to complete the closing handshake before its socket is destroyed, ms. */
  readonly closeTimeoutMs: number;
  /** Minimum time between two snapshot requests of a client, ms; earlier requests are dropped. */
  readonly snapshotIntervalMs: number;
  /** Maximum time per slice of a broadcast or of pipelined requests, ms; other I/O runs between. */
  readonly sliceMs: number;
  /** Number of updates kept for clients that are served late. */
  readonly recentUpdates: number;
  /** Time for which updates with a position are kept for clients that resume, ms. */
  readonly resumeMs: number;
  /** Maximum total size of these updates per topic, bytes. */
  readonly resumeBytes: number;
  /**
   * Backlog of connections not yet accepted; Linux limits it to `net.core.somaxconn`. Own server
   * only.
   */
  readonly listenBacklog: number;
  /** Maximum number of pipelined requests per HTTP connection; one more closes it. */
  readonly maxRequestsInFlight: number;
  /** Maximum number of waiting pipelined requests over all connections. */
  readonly maxWaitingRequests: number;
  /**
   * Maximum total bytes of text responses that wait for slow clients; then 503. Responses up to 4
   * KiB are always sent.
   */
  readonly maxResponseBytes: number;
  /**
   * A client that takes neither 64 KiB nor all that waits for it within this time is disconnected,
   * ms.
   */
  readonly stallTimeoutMs: number;
  /** Maximum length of a request target (path and query), characters; longer ones get 414. */
  readonly maxUrlLength: number;
  /** Maximum size of request headers, bytes; larger ones get 431. Own server only. */
  readonly maxHeaderBytes: number;
  /** Time to send the request headers, ms; then 408. Own server only. */
  readonly headersTimeoutMs: number;
  /** Time to send a whole request, ms; then 408. Own server only. */
  readonly requestTimeoutMs: number;
  /** Time an idle HTTP connection is kept open, ms. Own server only. */
  readonly keepAliveTimeoutMs: number;
  /** Maximum age of an SSE response, ms; it ends at a random time in the last quarter. */
  readonly sseMaxAgeMs: number;
  /** Interval of the comments that keep an idle SSE connection open, ms. */
  readonly sseKeepAliveMs: number;
  /** Time that `close()` waits for clients before it disconnects them, ms. */
  readonly drainTimeoutMs: number;
}

const MEBIBYTE = 1024 * 1024;
/**
 * Maximum delay of a Node.js timer; a longer one would fire at once. Also the maximum of counts.
 */
const MAX_VALUE = 2 ** 31 - 1;
/** Each client stores the times of this many messages. */
const MAX_MESSAGES_PER_SECOND = 100_000;
/** Connections besides clients: HTTP requests and handshakes to be refused. */
const CONNECTIONS_BESIDES_CLIENTS = 4000;

/** The default limits. */
export const defaultLimits: StreamLimits = {
  maxClients: 12_000,
  maxClientsPerAddress: 100,
  maxConnections: 12_000 + CONNECTIONS_BESIDES_CLIENTS,
  maxMessageBytes: 4096,
  maxMessageFragments: 32,
  maxFrameChunks: 512,
  maxMessagesPerSecond: 20,
  dropAboveBytes: MEBIBYTE,
  closeAboveBytes: 8 * MEBIBYTE,
  closeAfterMs: 30_000,
  pingIntervalMs: 20_000,
  pongTimeoutMs: 60_000,
  sweepIntervalMs: 1000,
  closeTimeoutMs: 10_000,
  snapshotIntervalMs: 1000,
  sliceMs: 8,
  recentUpdates: 64,
  resumeMs: 75_000,
  resumeBytes: MEBIBYTE,
  listenBacklog: 16_384,
  maxRequestsInFlight: 16,
  maxWaitingRequests: 4096,
  maxResponseBytes: 64 * MEBIBYTE,
  stallTimeoutMs: 60_000,
  maxUrlLength: 8192,
  maxHeaderBytes: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 10_000,
  sseMaxAgeMs: 600_000,
  sseKeepAliveMs: 15_000,
  drainTimeoutMs: 5000,
};

/**
 * Validates the given limits and adds defaults.
 *
 * @throws StreamServerError `invalid_option` for an unknown name or an invalid value
 */
export function completeLimits(given: Partial<StreamLimits> = {}): StreamLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name))
      throw new StreamServerError("invalid_option", `limits.${name}: unknown limit`);
    const isTime = name.endsWith("Ms");
    const max = name === "maxMessagesPerSecond" ? MAX_MESSAGES_PER_SECOND : MAX_VALUE;
    if (!((isTime ? value > 0 : Number.isInteger(value) && value > 0) && value <= max))
      throw new StreamServerError(
        "invalid_option",
        `limits.${name}: must be ${isTime ? "a number above 0" : "an integer from 1"} up to ${max}, not ${shown(value)}`,
      );
  }
  const { maxClients = defaultLimits.maxClients } = given;
  const limits = { ...defaultLimits, maxConnections: maxClients + CONNECTIONS_BESIDES_CLIENTS, ...given };
  if (limits.closeAboveBytes < limits.dropAboveBytes)
    throw new StreamServerError("invalid_option", "limits.closeAboveBytes: must not be below limits.dropAboveBytes");
  if (limits.pongTimeoutMs < limits.pingIntervalMs)
    throw new StreamServerError("invalid_option", "limits.pongTimeoutMs: must not be below limits.pingIntervalMs");
  return limits;
}
