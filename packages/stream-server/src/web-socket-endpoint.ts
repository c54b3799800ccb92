import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { Channel } from "./channel.ts";
import { clientAddress } from "./client-address.ts";
import { type EndpointOptions, type RefusalWithResponse, refusalResponse } from "./endpoint.ts";
import { errorResponse, type RouteRequest, type RouteResponse } from "./http-response.ts";
import { queryOf } from "./request-target.ts";
import { DeflatingServer } from "./shared-deflate.ts";
import { requestedPosition } from "./stream-position.ts";
import { type WebSocketListener, WebSocketSubscriber } from "./web-socket-subscriber.ts";

export interface WebSocketEndpointOptions extends EndpointOptions {
  /**
   * Allowed origins in lowercase; null for any. The server's own pages and clients without origin
   * are always allowed.
   */
  readonly allowedOrigins: ReadonlySet<string> | null;
  /** Whether clients may negotiate `permessage-deflate`. */
  readonly compression: boolean;
  /** Writes a response to a socket without response object and closes it. */
  readonly refuse: (socket: Socket, response: RouteResponse) => void;
}

/** Turns upgrade requests into WebSocket clients of a channel. */
export class WebSocketEndpoint {
  readonly #options: WebSocketEndpointOptions;
  readonly #handshakes: WebSocketServer;
  readonly #listeners = new Map<Channel, WebSocketListener>();

  constructor(options: WebSocketEndpointOptions) {
    this.#options = options;
    const settings = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.limits.maxMessageBytes,
      maxFragments: options.limits.maxMessageFragments,
      maxBufferedChunks: options.limits.maxFrameChunks,
      closeTimeout: options.limits.closeTimeoutMs,
    };
    this.#handshakes = options.compression ? new DeflatingServer(settings) : new WebSocketServer(settings);
    this.#handshakes.on("wsClientError", (_error, _socket, request) =>
      this.refuse(request, request.socket, "bad_handshake"),
    );
  }

  /** @param channel the channel at the request's path, or null */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, channel: Channel | null): void {
    const { registry, limits, clock, trustProxy } = this.#options;
    const address = clientAddress(request, trustProxy);
    if (channel === null) {
      this.refuse(request, socket, "no_such_channel");
      return;
    }
    const refusal = this.#refusal({ headers: request.headers, address });
    if (refusal !== null) {
      this.refuse(request, socket, refusal);
      return;
    }
    const query = queryOf(request);
    this.#handshakes.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = { webSocket, socket };
      const listener = this.#listenerOf(channel);
      const subscriber = new WebSocketSubscriber(registry.nextId(), address, connection, limits, clock, listener);
      registry.enter(channel, subscriber, requestedPosition(undefined, query));
    });
  }

  /** One for all clients of a channel, so that a client keeps nothing of its handshake alive. */
  #listenerOf(channel: Channel): WebSocketListener {
    const { registry } = this.#options;
    let listener = this.#listeners.get(channel);
    if (listener === undefined) {
      listener = {
        snapshotRequested: (client) => registry.snapshotRequested(channel, client),
        closed: (client, cause, code) => registry.remove(client, cause, code),
      };
      this.#listeners.set(channel, listener);
    }
    return listener;
  }

  refuse(request: IncomingMessage, socket: Socket, reason: RefusalWithResponse): void {
    const response = refusalResponse(reason, this.#options.limits);
    const address = clientAddress(request, this.#options.trustProxy);
    this.#options.emit({ type: "connection_refused", reason, status: response.status, address });
    this.#options.refuse(socket, response);
  }

  /**
   * Responds to a plain request at a WebSocket path: with the refusal that a handshake would get
   * now, else with 426. Pages cannot read why a handshake failed, but can read this.
   */
  explain(request: RouteRequest): RouteResponse {
    const refusal = this.#refusal(request);
    if (refusal !== null) return refusalResponse(refusal, this.#options.limits);
    const response = errorResponse(426, "upgrade_required", "connect to this path with a WebSocket");
    return { ...response, headers: { Connection: "Upgrade", Upgrade: "websocket" } };
  }

  #refusal({ headers, address }: Pick<RouteRequest, "headers" | "address">): RefusalWithResponse | null {
    return this.#originAllowed(headers) ? this.#options.registry.refusal(address) : "origin";
  }

  #originAllowed({ origin, host }: IncomingHttpHeaders): boolean {
    const { allowedOrigins } = this.#options;
    if (allowedOrigins === null || origin === undefined) return true;
    return allowedOrigins.has(origin.toLowerCase()) || isOwnPage(origin, host);
  }
}

/**
 * Whether a page was served by this server. True only for IP addresses and localhost: a host name
 * could point here by DNS rebinding, so names must be in the list.
 */
function isOwnPage(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const name = page.hostname.replace(/^\[(.*)\]$/, "$1");
  return page.host === host?.toLowerCase() && (name === "localhost" || isIP(name) !== 0);
}
