import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { checkOptions, checkOrigins, kindOf, shown } from "./argument.ts";
import { interceptRequests } from "./attached-server.ts";
import { Channel } from "./channel.ts";
import { ClientRegistry } from "./client-registry.ts";
import { type Clock, systemClock } from "./clock.ts";
import { refusalResponse } from "./endpoint.ts";
import { type RouteHandler, type RouteOptions, type Routes, writeResponse } from "./http-response.ts";
import { createHttpServer } from "./http-server.ts";
import { isolatedListener } from "./isolated-listener.ts";
import { RequestReceiver } from "./request-receiver.ts";
import { decodedPath } from "./request-target.ts";
import { SlicedQueue } from "./sliced-queue.ts";
import { SseEndpoint } from "./sse-endpoint.ts";
import { type StaticFolderOptions, staticRoutes } from "./static-folder.ts";
import type { ClientKind, StreamEvent } from "./stream-event.ts";
import { completeLimits, type StreamLimits } from "./stream-limits.ts";
import { listenError, StreamServerError } from "./stream-server-error.ts";
import type { Topic, TopicOptions } from "./topic.ts";
import { WebSocketEndpoint } from "./web-socket-endpoint.ts";

/** Options of {@link createStreamServer}. */
export interface StreamServerOptions {
  /**
   * Address to listen on; default 127.0.0.1, reachable from this machine only. Not with `server`.
   */
  readonly host?: string;
  /** Port to listen on; default 0, a free one. Not with `server`. */
  readonly port?: number;
  /**
   * HTTP server to attach to; its owner starts and closes it. Requests for paths of this stream
   * server do not reach the owner's listeners; all others reach only them, in whatever order they
   * were attached.
   */
  readonly server?: Server;
  /**
   * Whether `X-Forwarded-For` contains the client's address; default false. Only behind a proxy
   * that sets it.
   */
  readonly trustProxy?: boolean;
  /**
   * Origins allowed to open the WebSocket, e.g. `https://example.org`; default null, any origin.
   * Clients without origin, and the server's own pages opened by IP address or as localhost, are
   * always allowed.
   */
  readonly allowedOrigins?: readonly string[] | null;
  /**
   * Whether WebSocket clients may negotiate `permessage-deflate`; default true. Each message is
   * compressed once for all of them.
   */
  readonly compression?: boolean;
  /** Limits that differ from the defaults. */
  readonly limits?: Partial<StreamLimits>;
  /**
   * Called synchronously for each event. Its first error becomes a process warning; later ones are
   * ignored.
   */
  readonly onEvent?: (event: StreamEvent) => void;
  /** Default: the process's clock and timers. Timers run only while there are clients. */
  readonly clock?: Clock;
}

/** Paths of a channel: one or both. */
export interface ChannelOptions {
  /** Path for WebSocket clients, e.g. `/ws/prices`. */
  readonly webSocketPath?: string;
  /** Path for Server-Sent Events clients, e.g. `/api/stream`. */
  readonly ssePath?: string;
}

/** A channel to publish on. */
export interface PublisherChannel {
  /** Adds a topic. New clients get the snapshots in the order of the topics. */
  topic(name: string, options?: TopicOptions): Topic;
  /** Number of connected clients. */
  readonly size: number;
}

/** Address of a listening server. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** Base URL without trailing slash. */
  readonly url: string;
}

const optionKinds = {
  host: "string",
  port: "any",
  server: "any",
  trustProxy: "boolean",
  allowedOrigins: "any",
  compression: "boolean",
  limits: "object",
  onEvent: "function",
  clock: "object",
} as const;

/** @throws StreamServerError `invalid_option` */
function checkHttpOptions({ host, port = 0, server }: StreamServerOptions): void {
  const refuse = (problem: string): never => {
    throw new StreamServerError("invalid_option", problem);
  };
  if (host === "") refuse("host: must not be empty; write 0.0.0.0 for every address of this machine");
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    refuse(`port: must be an integer from 0 to 65535, not ${shown(port)}`);
  if (server === undefined) return;
  if (typeof (server as Partial<Server> | null)?.on !== "function" || typeof server === "function")
    refuse(`server: must be an http.Server, as app.listen(8000) returns, not ${kindOf(server)}`);
}

/**
 * Sends messages to WebSocket and SSE clients and serves HTTP routes. Created by {@link
 * createStreamServer}.
 */
export class StreamServer {
  readonly #host: string;
  readonly #port: number;
  readonly #http: Server;
  readonly #ownsHttp: boolean;
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #emit: (event: StreamEvent) => void;
  readonly #registry: ClientRegistry;
  readonly #receiver: RequestReceiver;
  readonly #webSockets: WebSocketEndpoint;
  readonly #events: SseEndpoint;
  /**
   * Handshakes and first snapshots, in slices, so that many at once do not block the event loop.
   */
  readonly #arrivals: SlicedQueue;
  readonly #channels: Channel[] = [];
  readonly #channelsByPath = new Map<string, Channel>();
  /** Detaches from an attached server. */
  readonly #release: () => void;
  #closing: Promise<void> | null = null;

  constructor(options: StreamServerOptions) {
    checkOptions(options, optionKinds);
    checkHttpOptions(options);
    this.#limits = completeLimits(options.limits);
    this.#host = options.host ?? "127.0.0.1";
    this.#port = options.port ?? 0;
    this.#clock = options.clock ?? systemClock;
    const { onEvent } = options;
    this.#emit = onEvent === undefined ? () => {} : isolatedListener(onEvent);
    const trustProxy = options.trustProxy ?? false;
    const limits = this.#limits;
    const clock = this.#clock;
    const emit = this.#emit;
    this.#registry = new ClientRegistry(limits, clock, emit);
    this.#arrivals = new SlicedQueue(clock, limits.sliceMs);
    const receiver = new RequestReceiver({
      ...{ limits, clock, emit, trustProxy },
      isClosing: () => this.#closing !== null,
      webSocket: (request, socket, head, path) => this.#onWebSocket(request, socket, head, path),
    });
    this.#receiver = receiver;
    const origins = options.allowedOrigins ?? null;
    if (origins !== null) checkOrigins(origins);
    const endpoint = { registry: this.#registry, limits, clock, emit, trustProxy };
    this.#events = new SseEndpoint(endpoint);
    this.#webSockets = new WebSocketEndpoint({
      ...endpoint,
      refuse: (socket, response) => receiver.refuse(socket, response),
      compression: options.compression ?? true,
      allowedOrigins: origins === null ? null : new Set(origins.map((origin) => origin.toLowerCase())),
    });
    this.#ownsHttp = options.server === undefined;
    this.#http = options.server ?? createHttpServer(limits, receiver.connections);
    if (this.#ownsHttp) this.#listenToRequests();
    this.#release = this.#ownsHttp ? () => {} : interceptRequests(this.#http, receiver);
  }

  /** Creates a channel at the given paths. */
  channel(options: ChannelOptions): PublisherChannel {
    checkOptions(options, { webSocketPath: "string", ssePath: "string" });
    if (options.webSocketPath === undefined && options.ssePath === undefined)
      throw new StreamServerError("invalid_option", "options: must have webSocketPath, ssePath or both");
    const channel = new Channel(this.#limits, this.#clock, this.#emit);
    const { webSocketPath, ssePath } = options;
    if (webSocketPath !== undefined) {
      this.#receiver.dispatch.addRoute(webSocketPath, (request) => this.#webSockets.explain(request));
      this.#channelsByPath.set(decodedPath(webSocketPath) ?? webSocketPath, channel);
    }
    if (ssePath !== undefined)
      this.#receiver.dispatch.addStream(ssePath, (request, response, headOnly) =>
        this.#onSse(channel, request, response, headOnly),
      );
    this.#channels.push(channel);
    return channel;
  }

  /** Serves GET and HEAD at exactly this path. */
  addRoute(path: string, handler: RouteHandler, options?: RouteOptions): void {
    this.#receiver.dispatch.addRoute(path, handler, options);
  }

  /** Adds several routes, see {@link StreamServer.addRoute}. */
  addRoutes(routes: Routes, options?: RouteOptions): void {
    for (const [path, handler] of Object.entries(routes)) this.addRoute(path, handler, options);
  }

  /** Serves the files of a folder, see {@link StaticFolderOptions}. */
  async addStaticFolder(options: StaticFolderOptions): Promise<void> {
    this.addRoutes(await staticRoutes(options));
  }

  /** Number of connected clients by kind. */
  clients(): Readonly<Record<ClientKind, number>> {
    return this.#registry.count();
  }

  /**
   * Starts listening.
   *
   * @throws StreamServerError `address_in_use`, `address_not_available`, `permission_denied`,
   *   `listen_failed`, `closed`
   */
  async listen(): Promise<ListeningAddress> {
    if (this.#closing !== null) throw new StreamServerError("closed", "the server was already closed");
    if (!this.#ownsHttp)
      throw new StreamServerError("invalid_option", "server: an attached server is started by its owner");
    if (this.#http.listening) throw new StreamServerError("listen_failed", "the server listens already");
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => reject(listenError(error, this.#host, this.#port));
      this.#http.once("error", failed);
      this.#http.listen({ port: this.#port, host: this.#host, backlog: this.#limits.listenBacklog }, () => {
        this.#http.removeListener("error", failed);
        this.#http.on("error", (error) => this.#emit({ type: "accept_failed", error }));
        resolve();
      });
    });
    const { address, port } = this.#http.address() as AddressInfo;
    this.#emit({ type: "listening", host: address, port });
    return { host: address, port, url: `http://${address.includes(":") ? `[${address}]` : address}:${port}` };
  }

  /**
   * Refuses new connections, closes every client with 1001 and waits up to `drainTimeoutMs` for
   * them to leave; then disconnects the rest. A second call waits for the first.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const startedAtMs = this.#clock.now();
    for (const channel of this.#channels) channel.stop();
    const stopped = this.#stopListening();
    const cutOffClients = await this.#registry.closeAll();
    const drainedMs = this.#clock.now() - startedAtMs;
    await this.#receiver.connections.drain(stopped, Math.max(0, this.#limits.drainTimeoutMs - drainedMs));
    this.#release();
    this.#emit({ type: "closed", durationMs: this.#clock.now() - startedAtMs, cutOffClients });
  }

  /** Resolves when the last connection is closed; immediately for an attached server. */
  #stopListening(): Promise<void> {
    if (!this.#ownsHttp || !this.#http.listening) return Promise.resolve();
    const stopped = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#receiver.connections.closeWhenIdle();
    return stopped;
  }

  #listenToRequests(): void {
    const http = this.#http;
    const { request, upgrade, connect, clientError } = this.#receiver;
    // No 100 Continue is sent, because bodies are not read.
    for (const event of ["request", "checkContinue", "checkExpectation"]) http.on(event, request);
    http.on("upgrade", upgrade).on("connect", connect).on("clientError", clientError);
    http.on("drop", (data) => {
      const address = data?.remoteAddress ?? "unknown";
      this.#emit({ type: "connection_refused", reason: "too_many_connections", status: null, address });
    });
  }

  /** Queues a handshake, so that many at once do not block the event loop. */
  #onWebSocket(request: IncomingMessage, socket: Socket, head: Buffer, path: string): void {
    this.#arrivals.push(() => {
      if (socket.destroyed) return;
      if (this.#closing !== null) this.#webSockets.refuse(request, socket, "shutting_down");
      else this.#webSockets.upgrade(request, socket, head, this.#channelsByPath.get(path) ?? null);
    });
  }

  /** Queues an SSE request together with the handshakes. */
  #onSse(channel: Channel, request: IncomingMessage, response: ServerResponse, headOnly: boolean): void {
    this.#arrivals.push(() => {
      if (response.destroyed) return;
      if (this.#closing === null) this.#events.open(request, response, headOnly, channel);
      else writeResponse(response, refusalResponse("shutting_down", this.#limits), { headOnly });
    });
  }
}

/**
 * Creates a server that sends messages to WebSocket and SSE clients and serves HTTP routes.
 *
 * @example
 * const server = createStreamServer({ port: 8000 });
 * const prices = server.channel({ webSocketPath: "/ws/prices", ssePath: "/prices" }).topic("price");
 * const { url } = await server.listen();
 * prices.publish({ delta: '{"up":1}', snapshot: () => '{"price":101}' });
 * @throws StreamServerError `invalid_option`
 */
export function createStreamServer(options: StreamServerOptions = {}): StreamServer {
  return new StreamServer(options);
}
