import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { checkOptions, checkResponse, checkText, kindOf } from "./argument.ts";
import { clientAddress } from "./client-address.ts";
import type { Clock } from "./clock.ts";
import {
  commonHeaders,
  errorResponse,
  NEVER_CACHED,
  type RouteHandler,
  type RouteOptions,
  type RouteRequest,
  type RouteResponse,
  withRetryAfter,
  writeResponse,
} from "./http-response.ts";
import { hasBody, requestFault } from "./request-fault.ts";
import { decodedPath, parseRequestTarget, type RequestTarget } from "./request-target.ts";
import { ResponseBudget } from "./response-budget.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { StreamServerError } from "./stream-server-error.ts";

const MALFORMED_TARGET = errorResponse(400, "bad_target", "the request target is malformed");
const OVERLOADED = withRetryAfter(errorResponse(503, "overloaded", "too many responses wait for slow clients"), 1);
const ALLOWED_METHODS = "GET, HEAD, OPTIONS";
/** How long a browser may cache a preflight response, s. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;

/** Handler of a path that keeps its response open and owns it. */
export type StreamHandler = (request: IncomingMessage, response: ServerResponse, headOnly: boolean) => void;

export interface HttpDispatchOptions {
  readonly clock: Clock;
  readonly trustProxy: boolean;
  readonly limits: StreamLimits;
  readonly emit: (event: StreamEvent) => void;
  /** Closes the connection if its client does not read, until the returned function is called. */
  readonly watch: (socket: Socket) => () => void;
}

/** A path with its handler: a route or a stream. */
interface Endpoint {
  readonly path: string;
  readonly route: RouteHandler | null;
  readonly stream: StreamHandler | null;
  readonly crossOrigin: boolean;
}

/** A path with parameters, such as `/blocks/{hash}`. */
const HAS_PARAMETER = /\/\{[A-Za-z]+\}(?=\/|$)/g;

/** Routes requests by path; supports GET and HEAD. */
export class HttpDispatch {
  readonly #options: HttpDispatchOptions;
  readonly #budget: ResponseBudget;
  /** By decoded path, those with parameters included. */
  readonly #endpoints = new Map<string, Endpoint>();
  /** Endpoints whose path has parameters. */
  readonly #patterns: { readonly pattern: RegExp; readonly endpoint: Endpoint }[] = [];

  constructor(options: HttpDispatchOptions) {
    this.#options = options;
    this.#budget = new ResponseBudget(options.limits.maxResponseBytes);
  }

  addRoute(path: string, route: RouteHandler, options: RouteOptions = {}): void {
    checkText(path, "path");
    if (typeof route !== "function")
      throw new StreamServerError("invalid_option", `handler of ${path}: must be a function, not ${kindOf(route)}`);
    checkOptions(options, { crossOrigin: "boolean" });
    const { crossOrigin = true } = options;
    this.#add({ path, route, stream: null, crossOrigin });
  }

  addStream(path: string, stream: StreamHandler): void {
    this.#add({ path, route: null, stream, crossOrigin: true });
  }

  /** Whether the request is for a path of this server. */
  owns(request: IncomingMessage): boolean {
    const target = this.targetOf(request);
    return target !== null && this.#endpointOf(target) !== null;
  }

  /**
   * The request's target; null if malformed or too long. A host in it replaces the `Host` header.
   */
  targetOf({ url = "", method, headers }: IncomingMessage): RequestTarget | null {
    const target = url.length <= this.#options.limits.maxUrlLength ? parseRequestTarget(url, method) : null;
    if (target !== null && target.host !== null) headers.host = target.host;
    return target;
  }

  /** The error response for a request that is invalid for any path; null if it is valid. */
  faultOf(request: IncomingMessage, target: RequestTarget | null): RouteResponse | null {
    if (target !== null) return requestFault(request, target);
    const isTooLong = (request.url ?? "").length > this.#options.limits.maxUrlLength;
    return isTooLong ? errorResponse(414, "url_too_long", "the request target is too long") : MALFORMED_TARGET;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const startedAtMs = this.#options.clock.now();
    const { method = "GET" } = request;
    const headOnly = method === "HEAD";
    const target = this.targetOf(request);
    const endpoint = target === null ? null : this.#endpointOf(target);
    response.on("error", () => response.destroy());
    // Streams are watched and reported as clients, not as requests.
    if (endpoint?.stream == null) {
      const endWatch = this.#options.watch(request.socket);
      response.once("close", () => {
        endWatch();
        const durationMs = this.#options.clock.now() - startedAtMs;
        const { statusCode: status } = response;
        this.#options.emit({ type: "http_request", method, path: endpoint?.path ?? null, status, durationMs });
      });
    }
    // Request bodies are not read, so the connection cannot be reused.
    if (hasBody(request)) response.shouldKeepAlive = false;
    const fault = this.faultOf(request, target);
    if (target === null || fault !== null) {
      response.shouldKeepAlive = false;
      writeResponse(response, fault ?? MALFORMED_TARGET, { headOnly });
    } else if (method === "OPTIONS" && (target.path === "*" || endpoint !== null)) {
      writeOptions(response, endpoint?.crossOrigin ?? false);
    } else if (endpoint === null) {
      writeResponse(response, errorResponse(404, "not_found", "unknown path"), { headOnly });
    } else if (method !== "GET" && !headOnly) {
      const notAllowed = errorResponse(405, "method_not_allowed", `only ${ALLOWED_METHODS}`);
      writeResponse(response, { ...notAllowed, headers: { Allow: ALLOWED_METHODS } }, endpoint);
    } else if (endpoint.stream !== null) {
      endpoint.stream(request, response, headOnly);
    } else {
      void this.#respond(endpoint, this.#routeRequest(request, target), response);
    }
  }

  #routeRequest(request: IncomingMessage, { path, query }: RequestTarget): RouteRequest {
    return {
      method: request.method === "HEAD" ? "HEAD" : "GET",
      path,
      query: new URLSearchParams(query),
      headers: request.headers,
      address: clientAddress(request, this.#options.trustProxy),
    };
  }

  async #respond(
    { path, route, crossOrigin }: Endpoint,
    request: RouteRequest,
    response: ServerResponse,
  ): Promise<void> {
    const options = { headOnly: request.method === "HEAD", crossOrigin };
    try {
      // A response that cannot be sent, e.g. with a line break in a header, counts as the handler's
      // failure.
      if (route !== null) {
        const answer = await route(request);
        checkResponse(answer, "the handler's response");
        this.#write(response, answer, options);
      }
    } catch (error) {
      this.#options.emit({ type: "handler_failed", path, error });
      if (response.headersSent) response.destroy();
      else
        writeResponse(
          response,
          errorResponse(500, "internal_error", "the server failed to respond; see its log"),
          options,
        );
    }
  }

  #write(response: ServerResponse, routeResponse: RouteResponse, options: { headOnly: boolean } & RouteOptions): void {
    // Bytes may be shared by all responses of the handler.
    const body = typeof routeResponse.body === "string" ? Buffer.from(routeResponse.body, "utf8") : routeResponse.body;
    const isShared = body === routeResponse.body && routeResponse.countsBytes !== true;
    const ownBytes = isShared || options.headOnly ? 0 : body.byteLength;
    if (this.#budget.admits(ownBytes, response)) writeResponse(response, { ...routeResponse, body }, options);
    else writeResponse(response, OVERLOADED, options);
  }

  #endpointOf({ path }: RequestTarget): Endpoint | null {
    const exact = this.#endpoints.get(path);
    if (exact !== undefined) return exact;
    return this.#patterns.find(({ pattern }) => pattern.test(path))?.endpoint ?? null;
  }

  #add(endpoint: Endpoint): void {
    const { path } = endpoint;
    const decoded = decodedPath(path);
    if (!path.startsWith("/")) throw new StreamServerError("invalid_option", `path "${path}": must start with a slash`);
    if (/[?#]/.test(path))
      throw new StreamServerError("invalid_option", `path "${path}": must not have a query or fragment`);
    if (decoded === null)
      throw new StreamServerError("invalid_option", `path "${path}": invalid percent-encoding; write % as %25`);
    if (this.#endpoints.has(decoded)) throw new StreamServerError("path_taken", `path ${path}: already in use`);
    this.#endpoints.set(decoded, endpoint);
    // A parameter is one segment without a slash.
    const pattern = decoded.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(HAS_PARAMETER, "/[^/]+");
    if (decoded.includes("/{")) this.#patterns.push({ pattern: new RegExp(`^${pattern}$`), endpoint });
  }
}

/** Responds to OPTIONS: allowed methods and, for browsers, cross-origin rules. */
function writeOptions(response: ServerResponse, crossOrigin: boolean): void {
  response.writeHead(204, {
    ...commonHeaders(crossOrigin),
    "Cache-Control": NEVER_CACHED,
    Allow: ALLOWED_METHODS,
    ...(crossOrigin && {
      "Access-Control-Allow-Methods": ALLOWED_METHODS,
      "Access-Control-Allow-Headers": "*",
      "Access-Control-Max-Age": PREFLIGHT_MAX_AGE_SECONDS,
    }),
  });
  response.end();
}
