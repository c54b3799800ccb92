import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Whether a request offers to speak WebSocket, and not another protocol such as HTTP/2 (`h2c`). */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  return /\bwebsocket\b/i.test(headers.upgrade ?? "");
}

/**
 * The response to a request whose offer of another protocol is not taken: it is answered as if it had made none (RFC
 * 9110, section 7.8). Java's own client and `curl --http2` make such an offer with every first request. Node.js has taken
 * the connection from its parser by then, so that it closes after the answer.
 * @returns null when an answer to an earlier request is still under way; the connection is closed then.
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
