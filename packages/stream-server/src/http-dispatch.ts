import type { IncomingMessage, ServerResponse } from "node:http";
import { clientAddress } from "./client-address.ts";
import type { Clock } from "./clock.ts";
import { errorAnswer, headersOfEveryAnswer, type RouteHandler, writeAnswer } from "./http-answer.ts";
import type { StreamEvent } from "./stream-event.ts";
import { StreamServerError } from "./stream-server-error.ts";

const ALLOWED_METHODS = "GET, HEAD, OPTIONS";
/** How long a browser may keep the answer to a preflight request, s. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;

/** A path that keeps its response open: the handler owns it. */
export type StreamHandler = (request: IncomingMessage, response: ServerResponse, headOnly: boolean) => void;

export interface HttpDispatchOptions {
  readonly clock: Clock;
  readonly trustProxy: boolean;
  readonly maxUrlLength: number;
  readonly emit: (event: StreamEvent) => void;
}

/** Routes by exact path; all are GET and HEAD, with CORS for any page and never with credentials. */
export class HttpDispatch {
  readonly #options: HttpDispatchOptions;
  readonly #routes = new Map<string, RouteHandler>();
  readonly #streams = new Map<string, StreamHandler>();
  /** Paths of WebSockets: a plain request there is told so. */
  readonly #upgradePaths = new Set<string>();

  constructor(options: HttpDispatchOptions) {
    this.#options = options;
  }

  addRoute(path: string, handler: RouteHandler): void {
    this.#reserve(path);
    this.#routes.set(path, handler);
  }

  addStream(path: string, handler: StreamHandler): void {
    this.#reserve(path);
    this.#streams.set(path, handler);
  }

  addUpgradePath(path: string): void {
    this.#reserve(path);
    this.#upgradePaths.add(path);
  }

  /** Whether the request is for one of the server's own paths. */
  owns(request: IncomingMessage): boolean {
    return this.#has(pathOf(request.url ?? ""));
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const startedAtMs = this.#options.clock.now();
    const { method = "GET", url = "" } = request;
    const path = pathOf(url);
    response.on("error", () => response.destroy());
    // A stream is told of as a client; how long it lasts says nothing of how quick the answers are.
    if (!this.#streams.has(path))
      response.once("close", () =>
        this.#options.emit({
          type: "http_request",
          method,
          path: this.#has(path) ? path : null,
          status: response.statusCode,
          durationMs: this.#options.clock.now() - startedAtMs,
        }),
      );
    if (method !== "GET" && method !== "HEAD") this.#otherMethod(request, response, path);
    else if (url.length <= this.#options.maxUrlLength) this.#get(request, response, path, method === "HEAD");
    else writeAnswer(response, errorAnswer(414, "url_too_long", "the request target is too long"), method === "HEAD");
  }

  #get(request: IncomingMessage, response: ServerResponse, path: string, headOnly: boolean): void {
    const stream = this.#streams.get(path);
    const route = this.#routes.get(path);
    if (stream !== undefined) {
      stream(request, response, headOnly);
    } else if (route !== undefined) {
      void this.#answer(route, request, response, path, headOnly);
    } else if (this.#upgradePaths.has(path)) {
      const hint = errorAnswer(426, "upgrade_required", "this path speaks WebSocket");
      writeAnswer(response, { ...hint, headers: { Upgrade: "websocket" } }, headOnly);
    } else {
      writeAnswer(response, errorAnswer(404, "not_found", "there is nothing at this path"), headOnly);
    }
  }

  async #answer(
    route: RouteHandler,
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    headOnly: boolean,
  ): Promise<void> {
    const { url = "", headers } = request;
    const queryStart = url.indexOf("?");
    const query = new URLSearchParams(queryStart === -1 ? "" : url.slice(queryStart + 1));
    const address = clientAddress(request, this.#options.trustProxy);
    try {
      const answer = await route({ method: headOnly ? "HEAD" : "GET", path, query, headers, address });
      // An answer that cannot be sent, as with a line break in a header, is the handler's failure too.
      writeAnswer(response, answer, headOnly);
    } catch (error) {
      this.#options.emit({ type: "handler_failed", path, error });
      if (response.headersSent) response.destroy();
      else
        writeAnswer(
          response,
          errorAnswer(500, "internal_error", "the server failed to answer; its log says why"),
          headOnly,
        );
    }
  }

  #otherMethod(request: IncomingMessage, response: ServerResponse, path: string): void {
    // A body that nobody asked for is not read to its end.
    if (request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined)
      response.setHeader("Connection", "close");
    if (!this.#has(path)) {
      writeAnswer(response, errorAnswer(404, "not_found", "there is nothing at this path"), false);
      return;
    }
    if (request.method !== "OPTIONS") {
      const refusal = errorAnswer(405, "method_not_allowed", `only ${ALLOWED_METHODS}`);
      writeAnswer(response, { ...refusal, headers: { Allow: ALLOWED_METHODS } }, false);
      return;
    }
    response.writeHead(204, {
      ...headersOfEveryAnswer,
      Allow: ALLOWED_METHODS,
      "Access-Control-Allow-Methods": ALLOWED_METHODS,
      "Access-Control-Allow-Headers": "*",
      "Access-Control-Max-Age": PREFLIGHT_MAX_AGE_SECONDS,
    });
    response.end();
  }

  #has(path: string): boolean {
    return this.#routes.has(path) || this.#streams.has(path) || this.#upgradePaths.has(path);
  }

  #reserve(path: string): void {
    if (!path.startsWith("/")) throw new StreamServerError("invalid_option", `path "${path}": must begin with a slash`);
    if (this.#has(path))
      throw new StreamServerError("path_taken", `path ${path}: something else answers there already`);
  }
}

/** The path of a request target as it stands, without its query: nothing is decoded, so nothing can be smuggled in. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
