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
export interface RouteAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Further headers; `Cache-Control` is `no-store` unless given here. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers the requests for a path. What it throws becomes a 500 and an event `handler_failed`. */
export type RouteHandler = (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>;

/** Handlers by exact path. */
export type Routes = Readonly<Record<string, RouteHandler>>;

/** @returns `value` as an answer in JSON. */
export function jsonAnswer(value: unknown, status = 200): RouteAnswer {
  return { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(value) };
}

/** @returns an error as JSON: `{ error: code, message }`. */
export function errorAnswer(status: number, code: string, message: string): RouteAnswer {
  return jsonAnswer({ error: code, message }, status);
}

/** On every answer: what is sent is what it says it is, goes nowhere else, and may be read from any page. */
export const headersOfEveryAnswer = {
  "Access-Control-Allow-Origin": "*",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

/** Writes the whole answer; without its body when `headOnly`. */
export function writeAnswer(response: ServerResponse, answer: RouteAnswer, headOnly: boolean): void {
  const status = answer.status ?? 200;
  const body = typeof answer.body === "string" ? Buffer.from(answer.body, "utf8") : answer.body;
  const hasContent = status !== 204 && status !== 304;
  response.writeHead(status, {
    ...headersOfEveryAnswer,
    "Cache-Control": "no-store",
    ...(hasContent && { "Content-Type": answer.contentType, "Content-Length": body.byteLength }),
    ...answer.headers,
  });
  if (headOnly) response.end();
  else response.end(body);
}
