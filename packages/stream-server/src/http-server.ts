import { createServer, IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { HttpConnections } from "./http-connections.ts";
import type { StreamLimits } from "./stream-limits.ts";

const PARSER_CHECK_INTERVAL_MS = 1000;

/**
 * Creates an HTTP server with the limits. Rejected requests arrive as `upgrade`, see {@link
 * limitedRequest}.
 */
export function createHttpServer(limits: StreamLimits, connections: HttpConnections): Server {
  const http = createServer({
    IncomingMessage: limitedRequest(connections),
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: PARSER_CHECK_INTERVAL_MS,
    // Checked in request-fault.ts, which responds with a reason.
    requireHostHeader: false,
  });
  http.maxConnections = limits.maxConnections;
  // No limit on the number, which would silently drop headers such as a second Host. Their size is
  // limited.
  http.maxHeadersCount = 0;
  http.on("connection", (socket) => connections.add(socket));
  return http;
}

/**
 * Limits pipelined requests. One read of 64 KiB may contain 2,000 requests, and Node.js would keep
 * a request and a response object for each until the connection closes. For an upgrade request it
 * creates no response and stops reading, so requests beyond the limit pretend to be upgrades.
 */
function limitedRequest(connections: HttpConnections): typeof IncomingMessage {
  return class LimitedRequest extends IncomingMessage {
    /** Not private, because the constructor of the base class already sets it. */
    declare offersUpgrade: boolean | null;

    get upgrade(): boolean | null {
      return this.offersUpgrade;
    }

    set upgrade(offers: boolean | null) {
      // The parser sets this once per request before using it.
      this.offersUpgrade = offers === false ? !connections.admits(this.socket as Socket) : offers;
    }
  };
}
