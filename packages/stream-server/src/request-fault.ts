import type { IncomingMessage } from "node:http";
import { isHost } from "./host.ts";
import { errorResponse, type RouteResponse } from "./http-response.ts";
import type { RequestTarget } from "./request-target.ts";

/**
 * Checks what applies to every request (RFC 9112, sections 3.2 and 6.3; RFC 9110, section 10.1.1).
 *
 * @returns the error response; null if the request is valid
 */
export function requestFault(request: IncomingMessage, target: RequestTarget): RouteResponse | null {
  if (target.path === "*" && request.method !== "OPTIONS")
    return errorResponse(400, "bad_target", `the target * is for OPTIONS only, not for ${request.method}`);
  const hosts = hostFields(request);
  const isHttp10 = request.httpVersion === "1.0";
  if (hosts.length === 0 && !isHttp10) return errorResponse(400, "bad_host", "the Host header is missing");
  if (hosts.length > 1) return errorResponse(400, "bad_host", "there is more than one Host header");
  if (hosts.some((host) => !isHost(host))) return errorResponse(400, "bad_host", "the Host header is malformed");
  const { expect, "transfer-encoding": coding } = request.headers;
  // Node.js delivers the request, then closes the connection.
  if (coding !== undefined && !/(?:^|,)\s*chunked$/i.test(coding))
    return errorResponse(400, "bad_transfer_encoding", "the last transfer coding must be chunked");
  if (expect !== undefined && !isHttp10 && expect.trim().toLowerCase() !== "100-continue")
    return errorResponse(417, "expectation_failed", "the only supported expectation is 100-continue");
  return null;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

/** All `Host` headers. Node.js keeps only the first in the parsed headers. */
function hostFields({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host");
}
