import type { IncomingHttpHeaders, ServerResponse } from "node:http";

/** A request as a route's handler sees it. */
export interface RouteRequest {
  /** GET or HEAD; the body of an answer to HEAD is left out by the server. */
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The client's address. */
  readonly address: string;
}

/** What a handler answers. */
export interface RouteResponse {
  /** Default 200. */
  readonly status?: number;
  readonly contentType: string;
  /** Text is encoded for each answer. Bytes are sent as they are, so that many answers can share them. */
  readonly body: string | Uint8Array;
  /** Further headers; `Cache-Control` is `no-store, no-transform` unless given here. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers the requests for a path. What it throws becomes a 500 and an event `handler_failed`. */
export type RouteHandler = (request: RouteRequest) => RouteResponse | Promise<RouteResponse>;

/** Handlers by exact path. */
export type Routes = Readonly<Record<string, RouteHandler>>;

/** How a route is served. */
export interface RouteOptions {
  /**
   * Whether pages of other origins may read the answers, default true. Use false for what only an operator should see:
   * a page that somebody visits can send requests to servers in that visitor's network.
   */
  readonly crossOrigin?: boolean;
}

/** @returns `value` as an answer in JSON. */
export function jsonResponse(value: unknown, status = 200): RouteResponse {
  return { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(value) };
}

/** The answer with its text encoded, for many requests: they share the bytes, which then count for none of them. */
export function encodedResponse(answer: RouteResponse): RouteResponse {
  return { ...answer, body: Buffer.from(answer.body) };
}

/** @returns an error as JSON: `{ error: code, message }`. */
export function errorResponse(status: number, code: string, message: string): RouteResponse {
  return jsonResponse({ error: code, message }, status);
}

/**
 * The answer with a `Retry-After` header, which pages of other origins may read too.
 * @param seconds after which the same request may succeed.
 */
export function withRetryAfter(answer: RouteResponse, seconds: number): RouteResponse {
  const headers = { ...answer.headers, "Retry-After": String(seconds), "Access-Control-Expose-Headers": "Retry-After" };
  return { ...answer, headers };
}

/** Neither caches nor proxies may keep or change an answer: a proxy that compresses a stream holds its events back. */
export const NEVER_CACHED = "no-store, no-transform";

/** Headers of every answer. */
export function commonHeaders(crossOrigin = true): Readonly<Record<string, string>> {
  return {
    ...(crossOrigin ? { "Access-Control-Allow-Origin": "*" } : { "Cross-Origin-Resource-Policy": "same-origin" }),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

/** Writes the whole answer; without its body when `headOnly`. */
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
