import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "./clock.ts";
import { refusalResponse } from "./endpoint.ts";
import { HttpConnections } from "./http-connections.ts";
import { HttpDispatch } from "./http-dispatch.ts";
import { type ParserFailure, parserFailure, writeRefusal } from "./http-refusal.ts";
import { errorResponse, type RouteResponse, writeResponse } from "./http-response.ts";
import { offersWebSocket, responseWithoutUpgrade } from "./rejected-upgrade.ts";
import { hasBody } from "./request-fault.ts";
import { StalledResponses } from "./stalled-responses.ts";
import type { HttpRefusalCode, StreamEvent } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";

export interface RequestReceiverOptions {
  readonly limits: StreamLimits;
  readonly clock: Clock;
  readonly trustProxy: boolean;
  readonly emit: (event: StreamEvent) => void;
  /** Whether the server is shutting down. */
  readonly isClosing: () => boolean;
  /** Handles a WebSocket handshake at a decoded path. */
  readonly webSocket: (request: IncomingMessage, socket: Socket, head: Buffer, path: string) => void;
}

/** Handles the events of an HTTP server: requests, upgrades and parser errors. */
export class RequestReceiver {
  readonly connections: HttpConnections;
  readonly dispatch: HttpDispatch;
  readonly #options: RequestReceiverOptions;
  readonly #watch: StalledResponses;

  constructor(options: RequestReceiverOptions) {
    const { limits, clock } = options;
    this.#options = options;
    this.connections = new HttpConnections(limits, clock);
    this.#watch = new StalledResponses(limits, clock, (socket) => this.#emitRefused(socket, null, "answer_not_taken"));
    this.dispatch = new HttpDispatch({ ...options, watch: (socket) => this.#watch.watch(socket) });
  }

  owns(request: IncomingMessage): boolean {
    return this.dispatch.owns(request);
  }

  readonly request = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    if (!this.connections.admits(socket)) {
      this.#endOverrun(socket);
      return;
    }
    this.connections.enqueue(socket, response, () => {
      if (this.#options.isClosing()) writeResponse(response, refusalResponse("shutting_down", this.#options.limits));
      else this.dispatch.handle(request, response);
    });
  };

  /** @param stream the request's socket, or a wrapper if the request has a body */
  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const { socket } = request;
    socket.on("error", () => socket.destroy());
    if (!this.connections.admits(socket)) {
      this.#endOverrun(socket);
    } else if (this.connections.isResponding(socket)) {
      // Data of the other protocol would mix with pending responses.
      this.connections.closeAfterResponses(socket);
    } else if (!offersWebSocket(request)) {
      const response = responseWithoutUpgrade(request, socket);
      if (response !== null) this.request(request, response);
    } else {
      this.connections.release(socket);
      const target = this.dispatch.targetOf(request);
      const fault = this.dispatch.faultOf(request, target);
      const hasFrames = stream === socket && !hasBody(request);
      if (fault === null && target !== null && hasFrames) this.#options.webSocket(request, socket, head, target.path);
      else this.refuse(socket, fault ?? refusalResponse("bad_handshake", this.#options.limits));
    }
  };

  /** CONNECT, a request for a tunnel. */
  readonly connect = (request: IncomingMessage): void => {
    this.refuse(request.socket, errorResponse(501, "not_implemented", "this server is not a proxy"));
  };

  readonly clientError = (error: Error, stream: Duplex): void => {
    // Connections of an HTTP server are sockets; the types are wider.
    const socket = stream as Socket;
    const failure = parserFailure(error);
    if (failure === null || !socket.writable) {
      socket.destroy();
    } else if (failure.code === "request_timeout") {
      this.#onTimeout(socket, failure);
    } else if (this.connections.isResponding(socket)) {
      // Another response would mix with the one in progress.
      socket.destroy();
    } else {
      this.#refuseUnparsed(socket, failure);
    }
  };

  /** Writes a response to a socket without response object and closes it. */
  refuse(socket: Socket, response: RouteResponse): void {
    this.#watch.watch(socket);
    writeRefusal(socket, response);
  }

  /**
   * Node.js checks for timeouts before it reads received data. If this process was blocked, or
   * stopped reading because responses were pending, the client is not to blame and gets more time.
   */
  #onTimeout(socket: Socket, failure: ParserFailure): void {
    const { clock, limits } = this.#options;
    if (this.connections.isResponding(socket)) {
      this.connections.closeAfterResponses(socket);
      return;
    }
    const readBefore = socket.bytesRead;
    const requestsBefore = this.connections.requestsOf(socket);
    const refuseIfLate = (): void => {
      const isWaiting = this.connections.holds(socket) && this.connections.requestsOf(socket) === requestsBefore;
      if (socket.writable && isWaiting) this.#refuseUnparsed(socket, failure);
    };
    clock.afterIo(() => {
      if (socket.bytesRead === readBefore) refuseIfLate();
      else clock.after(limits.headersTimeoutMs, refuseIfLate);
    });
  }

  #refuseUnparsed(socket: Socket, { status, code, response }: ParserFailure): void {
    this.#emitRefused(socket, status, code);
    this.refuse(socket, response);
  }

  /** Ends a connection that exceeded the limit of pipelined requests. */
  #endOverrun(socket: Socket): void {
    if (this.connections.closeAfterResponses(socket)) this.#emitRefused(socket, null, "too_many_requests_in_flight");
  }

  #emitRefused(socket: Socket, status: number | null, code: HttpRefusalCode): void {
    this.#options.emit({ type: "http_refused", status, code, address: socket.remoteAddress ?? "unknown" });
  }
}
