import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** An HTTP answer written by hand to a socket that has no response object, and the end of the connection. */
export function refuse(socket: Duplex, status: number, code: string, message: string): void {
  const body = JSON.stringify({ error: code, message });
  socket.once("finish", () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
      "Connection: close",
      "Cache-Control: no-store",
      "Content-Type: application/json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}

/** What Node's HTTP parser could not take: the status to answer with, a code and a sentence; null for a lost connection. */
export interface ParserFailure {
  readonly status: 400 | 408 | 414 | 431;
  readonly code: string;
  readonly message: string;
}

/** Reads the error of a server's `clientError` event. */
export function parserFailure(error: Error & { code?: string; rawPacket?: Buffer }): ParserFailure | null {
  switch (error.code) {
    case "ECONNRESET":
    case "EPIPE":
    case "ETIMEDOUT":
      return null;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, code: "request_timeout", message: "the request took too long to arrive" };
    case "HPE_HEADER_OVERFLOW":
      return isEndlessRequestLine(error.rawPacket)
        ? { status: 414, code: "url_too_long", message: "the request target is too long" }
        : { status: 431, code: "headers_too_large", message: "the request's headers are too large" };
    default:
      return { status: 400, code: "bad_request", message: "this is no valid HTTP request" };
  }
}

/** Whether the packet begins a request whose first line does not end in it: the target is what is too long. */
function isEndlessRequestLine(packet: Buffer | undefined): boolean {
  if (packet === undefined || packet.includes(0x0a)) return false;
  return /^[A-Z]+ \S/.test(packet.toString("latin1", 0, 32));
}
