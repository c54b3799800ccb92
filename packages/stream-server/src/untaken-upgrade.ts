import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Whether a request offers to speak WebSocket, and not another protocol such as HTTP/2 (`h2c`). */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  return /\bwebsocket\b/i.test(headers.upgrade ?? "");
}

/**
 * The response to a request whose offer of another protocol is not taken: it is answered as if it had made none (RFC 9110,
 * section 7.8). Java's own client and `curl --http2` make such an offer with every first request. Node has taken the
 * connection from its parser by then, so that it closes after the answer.
 */
export function responseWithoutUpgrade(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // An HTTP server's connections are sockets; its types say less.
  const connection = socket as Socket;
  response.assignSocket(connection);
  connection.on("error", () => connection.destroy());
  connection.on("drain", () => response.emit("drain"));
  response.once("finish", () => connection.destroySoon());
  connection.resume();
  return response;
}
