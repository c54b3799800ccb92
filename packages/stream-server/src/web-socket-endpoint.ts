import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Channel } from "./channel.ts";
import { clientAddress } from "./client-address.ts";
import { type EndpointOptions, refusals } from "./endpoint.ts";
import { refuse } from "./http-refusal.ts";
import { WebSocketSubscriber } from "./web-socket-subscriber.ts";

export interface WebSocketEndpointOptions extends EndpointOptions {
  /** Origins whose pages may connect, in lower case; null for any. The server's own pages and clients without an origin may. */
  readonly allowedOrigins: ReadonlySet<string> | null;
}

/** Turns upgrade requests into clients of a channel. */
export class WebSocketEndpoint {
  readonly #options: WebSocketEndpointOptions;
  readonly #handshakes: WebSocketServer;

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
    this.#handshakes = new WebSocketServer(settings);
    this.#handshakes.on("wsClientError", (_error, socket, request) => this.refuse(request, socket, "bad_handshake"));
  }

  /** @param channel the channel at the request's path; null when there is none. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, channel: Channel | null): void {
    const { registry, limits, clock, trustProxy } = this.#options;
    const address = clientAddress(request, trustProxy);
    const refusal = this.#originAllowed(request) ? registry.refusal(address) : "origin";
    if (channel === null) {
      this.refuse(request, socket, "no_such_channel");
      return;
    }
    if (refusal !== null) {
      this.refuse(request, socket, refusal);
      return;
    }
    this.#handshakes.handleUpgrade(request, socket, head, (webSocket) => {
      const subscriber = new WebSocketSubscriber(registry.nextId(), address, { webSocket, socket }, limits, clock, {
        snapshotRequested: (client) => registry.snapshotRequested(channel, client),
        closed: (client, cause, code) => registry.left(client, cause, code),
      });
      registry.enter(channel, subscriber);
    });
  }

  refuse(request: IncomingMessage, socket: Duplex, reason: keyof typeof refusals): void {
    const { status, message } = refusals[reason];
    const address = clientAddress(request, this.#options.trustProxy);
    this.#options.emit({ type: "connection_refused", reason, status, address });
    refuse(socket, status, reason, message);
  }

  #originAllowed(request: IncomingMessage): boolean {
    const { allowedOrigins } = this.#options;
    const { origin, host } = request.headers;
    if (allowedOrigins === null || origin === undefined) return true;
    return allowedOrigins.has(origin.toLowerCase()) || isOwnPage(origin, host);
  }
}

/**
 * Whether a page came from this server itself. Only where it was asked for by an address of its own: a name may be
 * somebody else's that was pointed here (DNS rebinding), so that names are for the list.
 */
function isOwnPage(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const name = page.hostname.replace(/^\[(.*)\]$/, "$1");
  return page.host === host?.toLowerCase() && (name === "localhost" || isIP(name) !== 0);
}
