import { createServer, IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { HttpConnections } from "./http-connections.ts";
import type { StreamLimits } from "./stream-limits.ts";

const PARSER_CHECK_INTERVAL_MS = 1000;

/** An HTTP server with the limits. A request that is not admitted comes as `upgrade`, see {@link admittedRequest}. */
export function createHttpServer(limits: StreamLimits, connections: HttpConnections): Server {
  const http = createServer({
    IncomingMessage: admittedRequest(connections),
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: PARSER_CHECK_INTERVAL_MS,
    // A missing header is answered with a reason, see request-fault.ts.
    requireHostHeader: false,
  });
  http.maxConnections = limits.maxConnections;
  // Their bytes are bounded; those beyond a number would be dropped in silence, a second Host among them.
  http.maxHeadersCount = 0;
  http.on("connection", (socket) => connections.add(socket));
  return http;
}

/**
 * One read of 64 KiB may hold 2,000 requests. Node.js would make a request and a response of each and hold them until
 * the connection closes. It makes no response, and stops reading, at a request for another protocol: that is what a
 * request that is not admitted claims to be.
 */
function admittedRequest(connections: HttpConnections): typeof IncomingMessage {
  return class AdmittedRequest extends IncomingMessage {
    /** No private field: the constructor of the class above sets it already. */
    declare offersUpgrade: boolean | null;

    get upgrade(): boolean | null {
      return this.offersUpgrade;
    }

    set upgrade(offers: boolean | null) {
      // The parser sets it once for every request, before anything else is done with it.
      this.offersUpgrade = offers === false ? !connections.admits(this.socket as Socket) : offers;
    }
  };
}
