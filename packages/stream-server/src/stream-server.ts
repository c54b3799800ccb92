import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
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

/** Where and how to serve. */
export interface StreamServerOptions {
  /** Address to listen on, default 127.0.0.1: nobody but this machine. Not with `server`. */
  readonly host?: string;
  /** Port to listen on, default 0: a free one. Not with `server`. */
  readonly port?: number;
  /**
   * A server to attach to instead of an own one; its owner makes it listen and closes it. Requests for the paths of this
   * server do not reach the owner's listeners; all others reach them alone, whichever came first.
   */
  readonly server?: Server;
  /** Whether `X-Forwarded-For` says who the client is, default false. Only behind a proxy that sets it. */
  readonly trustProxy?: boolean;
  /**
   * Origins whose pages may open a WebSocket, as in `https://example.org`; default null: any. Clients that send no origin,
   * and the server's own pages where they were opened by an IP address or as localhost, always may.
   */
  readonly allowedOrigins?: readonly string[] | null;
  /** Bounds that differ from the defaults. */
  readonly limits?: Partial<StreamLimits>;
  /** Called at everything that happens, at once. What it throws stops nothing; the first time it is a process warning. */
  readonly onEvent?: (event: StreamEvent) => void;
  /** Default: the process's clock and timers. Timers run only while there are clients. */
  readonly clock?: Clock;
}

/** Where a channel is found: at one path or both. */
export interface ChannelOptions {
  /** Where clients connect by WebSocket, e.g. `/ws/prices`. */
  readonly webSocketPath?: string;
  /** Where clients connect by Server-Sent Events, e.g. `/api/stream`. */
  readonly ssePath?: string;
}

/** A channel as its publisher sees it. */
export interface PublisherChannel {
  /** A further kind of message; new clients get the snapshots in the order in which the topics were made. */
  topic(name: string, options?: TopicOptions): Topic;
  /** Clients connected. */
  readonly size: number;
}

/** Where the server listens. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** Base URL without a slash at its end. */
  readonly url: string;
}

/** Fans messages out to WebSocket and SSE clients and answers HTTP requests. Made by {@link createStreamServer}. */
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
  /** Handshakes and first snapshots: a rush of them must not hold the event loop either. */
  readonly #arrivals: SlicedQueue;
  readonly #channels: Channel[] = [];
  readonly #channelsByPath = new Map<string, Channel>();
  /** Gives an attached server back to its owner. */
  readonly #release: () => void;
  #closing: Promise<void> | null = null;

  constructor(options: StreamServerOptions) {
    this.#limits = completeLimits(options.limits);
    this.#host = options.host ?? "127.0.0.1";
    this.#port = options.port ?? 0;
    if (!Number.isInteger(this.#port) || this.#port < 0 || this.#port > 65_535)
      throw new StreamServerError("invalid_option", `port: must be a whole number from 0 to 65535, is ${this.#port}`);
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
    const endpoint = { registry: this.#registry, limits, clock, emit, trustProxy };
    this.#events = new SseEndpoint(endpoint);
    this.#webSockets = new WebSocketEndpoint({
      ...endpoint,
      refuse: (socket, answer) => receiver.refuse(socket, answer),
      allowedOrigins: origins === null ? null : new Set(origins.map((origin) => origin.toLowerCase())),
    });
    this.#ownsHttp = options.server === undefined;
    this.#http = options.server ?? createHttpServer(limits, receiver.connections);
    if (this.#ownsHttp) this.#listenToRequests();
    this.#release = this.#ownsHttp ? () => {} : interceptRequests(this.#http, receiver);
  }

  /** A new channel, reachable at the given paths. */
  channel(options: ChannelOptions): PublisherChannel {
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

  /** Answers GET and HEAD at exactly this path. */
  addRoute(path: string, handler: RouteHandler, options?: RouteOptions): void {
    this.#receiver.dispatch.addRoute(path, handler, options);
  }

  /** Adds several routes at once, see {@link StreamServer.addRoute}. */
  addRoutes(routes: Routes, options?: RouteOptions): void {
    for (const [path, handler] of Object.entries(routes)) this.addRoute(path, handler, options);
  }

  /** Serves the files of a folder, see {@link StaticFolderOptions}. */
  async addStaticFolder(options: StaticFolderOptions): Promise<void> {
    this.addRoutes(await staticRoutes(options));
  }

  /** How many clients are connected, by kind. */
  clients(): Readonly<Record<ClientKind, number>> {
    return this.#registry.count();
  }

  /**
   * Begins to listen.
   * @throws StreamServerError `address_in_use`, `address_not_available`, `permission_denied`, `listen_failed`, `closed`
   */
  async listen(): Promise<ListeningAddress> {
    if (this.#closing !== null) throw new StreamServerError("closed", "the server was closed already");
    if (!this.#ownsHttp)
      throw new StreamServerError("invalid_option", "server: the owner of an attached server makes it listen");
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
   * Lets nobody in any more, closes every client with 1001 and waits for them to leave, at most `drainTimeoutMs`; then
   * cuts off the rest. A second call waits for the first.
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

  /** Resolves when the last connection of an own server is gone. */
  #stopListening(): Promise<void> {
    if (!this.#ownsHttp || !this.#http.listening) return Promise.resolve();
    const stopped = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#receiver.connections.closeWhenQuiet();
    return stopped;
  }

  #listenToRequests(): void {
    const http = this.#http;
    const { request, upgrade, connect, clientError } = this.#receiver;
    // A client that waits for 100 Continue is not asked for a body: none is read.
    for (const event of ["request", "checkContinue", "checkExpectation"]) http.on(event, request);
    http.on("upgrade", upgrade).on("connect", connect).on("clientError", clientError);
    http.on("drop", (data) => {
      const address = data?.remoteAddress ?? "unknown";
      this.#emit({ type: "connection_refused", reason: "too_many_connections", status: null, address });
    });
  }

  /** Queues a handshake: a rush of them must not hold the event loop. */
  #onWebSocket(request: IncomingMessage, socket: Socket, head: Buffer, path: string): void {
    this.#arrivals.push(() => {
      if (socket.destroyed) return;
      if (this.#closing !== null) this.#webSockets.refuse(request, socket, "shutting_down");
      else this.#webSockets.upgrade(request, socket, head, this.#channelsByPath.get(path) ?? null);
    });
  }

  /** Queues an event stream's request: what opening it costs is counted with the handshakes'. */
  #onSse(channel: Channel, request: IncomingMessage, response: ServerResponse, headOnly: boolean): void {
    this.#arrivals.push(() => {
      if (response.destroyed) return;
      if (this.#closing === null) this.#events.open(request, response, headOnly, channel);
      else writeResponse(response, refusalResponse("shutting_down", this.#limits), { headOnly });
    });
  }
}

/**
 * Makes a server that fans messages out to WebSocket and SSE clients and answers HTTP requests.
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
