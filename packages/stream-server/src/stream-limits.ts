import { StreamServerError } from "./stream-server-error.ts";

/** Every bound the server keeps. All are options; {@link defaultLimits} has the values used when one is left out. */
export interface StreamLimits {
  /** Most WebSocket and SSE clients at once; a further one gets 503. */
  readonly maxClients: number;
  /** Most WebSocket and SSE clients of one address (IPv4 address or IPv6 /64); a further one gets 429. */
  readonly maxClientsPerAddress: number;
  /** Most TCP connections at once, of whatever use; further ones are dropped at the door. Default: 4,000 over `maxClients`. */
  readonly maxConnections: number;
  /** Largest message a client may send, bytes; a larger one closes with 1009. */
  readonly maxMessageBytes: number;
  /** Most frames that one message of a client may be split into; one more closes with 1008. */
  readonly maxMessageFragments: number;
  /** Most pieces in which one frame of a client may arrive; one more closes with 1008. */
  readonly maxFrameChunks: number;
  /** Most frames (messages, pings, pongs) a client may send within any second; one more closes with 1008. */
  readonly maxMessagesPerSecond: number;
  /** Updates are dropped while more than this waits in a client's buffer, bytes; the next one sent is a snapshot. */
  readonly dropAboveBytes: number;
  /** A client with more than this in its buffer, bytes, … */
  readonly closeAboveBytes: number;
  /** … for this long is closed with 1013, ms. */
  readonly closeAfterMs: number;
  /** How often a client is pinged, ms. */
  readonly pingIntervalMs: number;
  /** A client that answered no ping for this long is closed with 1013, ms. */
  readonly pongTimeoutMs: number;
  /** How often heartbeats and slow clients are looked after, ms. */
  readonly sweepIntervalMs: number;
  /** How long a closing client may take to answer before its socket is destroyed, ms. */
  readonly closeTimeoutMs: number;
  /** Minimum time between two snapshots that one client requests, ms; a request that comes sooner is dropped. */
  readonly snapshotIntervalMs: number;
  /** Longest time the event loop is held while sending one update, ms; then input and output have their turn. */
  readonly sliceMs: number;
  /** Updates kept so that a client whose turn comes late still gets each one. */
  readonly recentUpdates: number;
  /** Connections that the system may hold until the server accepts them. The system has a bound of its own. */
  readonly listenBacklog: number;
  /** Most requests of one HTTP connection that are held at once; after one more it is closed. */
  readonly maxRequestsInFlight: number;
  /** Most requests that wait behind others of their connections, over all connections. */
  readonly maxWaitingRequests: number;
  /** Most bytes of answers made for one request each that wait for their clients, in total; then 503. Up to 4 KiB are always sent. */
  readonly maxResponseBytes: number;
  /** A client that takes nothing of what waits for it for this long is cut off, ms: an HTTP answer, or an SSE stream. */
  readonly stallTimeoutMs: number;
  /** Longest request target (path and query), characters; a longer one gets 414. */
  readonly maxUrlLength: number;
  /** Largest request head, bytes; a larger one gets 431. */
  readonly maxHeaderBytes: number;
  /** How long a client may take to send a request's head, ms; then 408. */
  readonly headersTimeoutMs: number;
  /** How long a client may take to send a whole request, ms; then 408. */
  readonly requestTimeoutMs: number;
  /** How long an idle HTTP connection is kept open, ms. */
  readonly keepAliveTimeoutMs: number;
  /** Pause between the comment lines that keep an idle SSE connection open, ms. */
  readonly sseKeepAliveMs: number;
  /** How long `close()` waits for clients to leave before it cuts them off, ms. */
  readonly drainTimeoutMs: number;
}

const MEBIBYTE = 1024 * 1024;
/** The longest time that a timer of Node.js waits; a longer one would be over at once. Counts have the same bound. */
const LARGEST = 2 ** 31 - 1;
/** The time of each of these is remembered for every client. */
const MOST_MESSAGES_PER_SECOND = 100_000;
/** Connections beside the clients': requests, and handshakes that have yet to be refused. */
const CONNECTIONS_BESIDE_CLIENTS = 4000;

/** The bounds that hold unless others are given. */
export const defaultLimits: StreamLimits = {
  maxClients: 12_000,
  maxClientsPerAddress: 100,
  maxConnections: 12_000 + CONNECTIONS_BESIDE_CLIENTS,
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
  sseKeepAliveMs: 15_000,
  drainTimeoutMs: 5000,
};

/**
 * The limits with what the caller left out filled in.
 * @throws StreamServerError `invalid_option` for an unknown name, a count that is no whole number, or a value out of its range.
 */
export function completeLimits(given: Partial<StreamLimits> = {}): StreamLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name))
      throw new StreamServerError("invalid_option", `limits.${name}: there is no such limit`);
    const isTime = name.endsWith("Ms");
    const most = name === "maxMessagesPerSecond" ? MOST_MESSAGES_PER_SECOND : LARGEST;
    if (!((isTime ? value > 0 : Number.isInteger(value) && value > 0) && value <= most))
      throw new StreamServerError(
        "invalid_option",
        `limits.${name}: must be a ${isTime ? "number above 0" : "whole number from 1"} up to ${most}, is ${String(value)}`,
      );
  }
  const { maxClients = defaultLimits.maxClients } = given;
  const limits = { ...defaultLimits, maxConnections: maxClients + CONNECTIONS_BESIDE_CLIENTS, ...given };
  if (limits.closeAboveBytes < limits.dropAboveBytes)
    throw new StreamServerError("invalid_option", "limits.closeAboveBytes: must not be below limits.dropAboveBytes");
  if (limits.pongTimeoutMs < limits.pingIntervalMs)
    throw new StreamServerError("invalid_option", "limits.pongTimeoutMs: must not be below limits.pingIntervalMs");
  return limits;
}
