import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { commonHeaders, errorResponse, NEVER_CACHED, type RouteResponse } from "./http-response.ts";
import type { HttpRefusalCode } from "./stream-event.ts";

/** Writes a response to a socket without response object and closes the connection. */
export function writeRefusal(socket: Socket, { status = 200, contentType, body, headers }: RouteResponse): void {
  const content = Buffer.from(body);
  const head = {
    Connection: "close",
    ...commonHeaders(),
    "Cache-Control": NEVER_CACHED,
    "Content-Type": contentType,
    "Content-Length": content.byteLength,
    ...headers,
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  socket.on("error", () => socket.destroy());
  socket.write([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", ""].join("\r\n"));
  socket.write(content);
  socket.destroySoon();
}

/** An error of Node's HTTP parser with its response. */
export interface ParserFailure {
  readonly code: HttpRefusalCode;
  readonly status: number;
  readonly response: RouteResponse;
}

/** Classifies the error of a `clientError` event; null for a lost connection. */
export function parserFailure(error: Error & { code?: string; rawPacket?: Buffer }): ParserFailure | null {
  switch (error.code) {
    case "ECONNRESET":
    case "EPIPE":
    case "ETIMEDOUT":
      return null;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return failure(408, "request_timeout", "the request took too long to arrive");
    case "HPE_HEADER_OVERFLOW":
      return isEndlessRequestLine(error.rawPacket)
        ? failure(414, "url_too_long", "the request target is too long")
        : failure(431, "headers_too_large", "the request's headers are too large");
    case "HPE_INVALID_VERSION":
      return failure(505, "http_version", "this server supports HTTP/1.1");
    default:
      return failure(400, "bad_request", "not a valid HTTP request");
  }
}

function failure(status: number, code: HttpRefusalCode, message: string): ParserFailure {
  return { status, code, response: errorResponse(status, code, message) };
}

/**
 * Whether the packet starts a request whose first line is not complete, so that the target is too
 * long.
 */
function isEndlessRequestLine(packet: Buffer | undefined): boolean {
  if (packet === undefined || packet.includes(0x0a)) return false;
  return /^[A-Z]+ \S/.test(packet.toString("latin1", 0, 32));
}
