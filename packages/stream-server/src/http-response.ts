import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { checkResponse, checkStatus, checkText, kindOf } from "./argument.ts";
import { StreamServerError } from "./stream-server-error.ts";

/** The request passed to a route handler. */
export interface RouteRequest {
  /** GET or HEAD; the server omits the body for HEAD. */
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;

  readonly address: string;
}

/** The response of a route handler. */
export interface RouteResponse {
  /** Default 200. */
  readonly status?: number;
  readonly contentType: string;
  /**
   * Text is encoded for each response. Bytes are sent unchanged, so that many responses can share
   * them.
   */
  readonly body: string | Uint8Array;
  /**
   * Whether bytes count for `maxResponseBytes`, as text always does; default false. Use true if
   * clients choose between so many bodies that slow ones could hold them all in memory.
   */
  readonly countsBytes?: boolean;
  /** More headers; `Cache-Control` defaults to `no-store, no-transform`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handles the requests for a path. An error becomes a 500 and a `handler_failed` event. */
export type RouteHandler = (request: RouteRequest) => RouteResponse | Promise<RouteResponse>;

/** Handlers by path. A segment such as `{hash}` matches any one segment. */
export type Routes = Readonly<Record<string, RouteHandler>>;

/** Options of a route. */
export interface RouteOptions {
  /**
   * Whether pages of other origins may read the responses; default true. Use false for data of the
   * operator: a page can send requests to servers in its visitor's network.
   */
  readonly crossOrigin?: boolean;
}

/** Creates a JSON response. */
export function jsonResponse(value: unknown, status = 200): RouteResponse {
  checkStatus(status);
  let body: string | undefined;
  try {
    body = JSON.stringify(value);
  } catch {
    // A bigint, or an object that contains itself.
  }
  if (body === undefined)
    throw new StreamServerError("invalid_option", `value: must be something that JSON has, not ${kindOf(value)}`);
  return { status, contentType: "application/json; charset=utf-8", body };
}

/**
 * Encodes the text of a response, so that many requests can share its bytes. They do not count for
 * `maxResponseBytes`.
 */
export function encodedResponse(response: RouteResponse): RouteResponse {
  checkResponse(response, "response");
  return { ...response, body: Buffer.from(response.body) };
}

/** Creates an error response in JSON: `{ error: code, message }`. */
export function errorResponse(status: number, code: string, message: string): RouteResponse {
  checkText(code, "code");
  checkText(message, "message");
  return jsonResponse({ error: code, message }, status);
}

/**
 * Adds a `Retry-After` header, readable by pages of other origins.
 *
 * @param seconds after which the request may succeed
 */
export function withRetryAfter(response: RouteResponse, seconds: number): RouteResponse {
  checkResponse(response, "response");
  if (!Number.isSafeInteger(seconds) || seconds < 0)
    throw new StreamServerError(
      "invalid_option",
      `seconds: must be a whole number of seconds, not ${typeof seconds === "number" ? seconds : kindOf(seconds)}`,
    );
  const headers = {
    ...response.headers,
    "Retry-After": String(seconds),
    "Access-Control-Expose-Headers": "Retry-After",
  };
  return { ...response, headers };
}

/** Forbids caching and transformation. A proxy that compresses a stream would delay its events. */
export const NEVER_CACHED = "no-store, no-transform";

/** Headers of all responses. */
export function commonHeaders(crossOrigin = true): Readonly<Record<string, string>> {
  return {
    ...(crossOrigin ? { "Access-Control-Allow-Origin": "*" } : { "Cross-Origin-Resource-Policy": "same-origin" }),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

/** Writes a response; omits the body if `headOnly`. */
export function writeResponse(
  response: ServerResponse,
  answer: RouteResponse,
  { headOnly = false, crossOrigin = true }: { readonly headOnly?: boolean } & RouteOptions = {},
): void {
  const status = answer.status ?? 200;
  const body = typeof answer.body === "string" ? Buffer.from(answer.body, "utf8") : answer.body;
  const hasContent = status !== 204 && status !== 304;
  response.writeHead(status, {
    ...commonHeaders(crossOrigin),
    "Cache-Control": NEVER_CACHED,
    ...(hasContent && { "Content-Type": answer.contentType, "Content-Length": body.byteLength }),
    ...answer.headers,
  });
  if (headOnly) response.end();
  else response.end(body);
}
