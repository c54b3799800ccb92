import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Whether an upgrade request is for WebSocket, not for another protocol such as HTTP/2 (`h2c`). */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  return /\bwebsocket\b/i.test(headers.upgrade ?? "");
}

/**
 * Creates the response for a request whose upgrade is ignored (RFC 9110, section 7.8). Java's HTTP
 * client and `curl --http2` offer an upgrade with every first request. Node.js has already detached
 * its parser, so the connection closes after the response.
 *
 * @returns null if an earlier response is still in progress; the connection is closed then
 */
export function responseWithoutUpgrade(request: IncomingMessage, socket: Socket): ServerResponse | null {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  socket.on("error", () => socket.destroy());
  try {
    response.assignSocket(socket);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_HTTP_SOCKET_ASSIGNED") throw error;
    socket.destroy();
    return null;
  }
  socket.on("drain", () => response.emit("drain"));
  response.once("finish", () => socket.destroySoon());
  socket.resume();
  return response;
}
