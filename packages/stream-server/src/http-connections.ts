import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { SlicedQueue } from "./sliced-queue.ts";
import type { StreamLimits } from "./stream-limits.ts";

interface Connection {
  /** The response in progress, or null. */
  current: ServerResponse | null;
  /** Pipelined requests that wait for the response in progress, in order. */
  readonly waiting: { readonly response: ServerResponse; readonly respond: () => void }[];
  /** Whether further requests are rejected. */
  isFull: boolean;
  /** Whether reading has stopped and the connection closes after the pending responses. */
  isEnding: boolean;
  /** Number of requests received. */
  requests: number;
  /** Called when the socket closes. */
  readonly onClose: () => void;
}

/**
 * The HTTP connections of a server, without WebSockets. Pipelined requests are handled one by one,
 * each after the previous response was sent, so that no responses pile up for a client that does
 * not read.
 */
export class HttpConnections {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #connections = new Map<Socket, Connection>();
  /**
   * Pipelined requests whose turn has come. In slices, so that other connections run in between.
   */
  readonly #turns: SlicedQueue;
  /** Waiting requests of all connections. */
  #waiting = 0;
  #closing = false;

  constructor(limits: StreamLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#turns = new SlicedQueue(clock, limits.sliceMs);
  }

  add(socket: Socket): void {
    this.#connectionOf(socket);
  }

  /** Whether the connection may queue another request. Once false, it stays false. */
  admits(socket: Socket): boolean {
    const connection = this.#connectionOf(socket);
    if (connection.current === null || connection.isFull) return !connection.isFull;
    const { maxRequestsInFlight, maxWaitingRequests } = this.#limits;
    if (connection.waiting.length + 1 < maxRequestsInFlight && this.#waiting < maxWaitingRequests) return true;
    connection.isFull = true;
    return false;
  }

  /**
   * Handles or queues an admitted request.
   *
   * @param respond called when it is the request's turn
   */
  enqueue(socket: Socket, response: ServerResponse, respond: () => void): void {
    const connection = this.#connectionOf(socket);
    connection.requests += 1;
    if (connection.current === null) {
      this.#begin(socket, connection, response, respond);
    } else {
      connection.waiting.push({ response, respond });
      this.#waiting += 1;
    }
  }

  /**
   * Stops reading and closes the connection after the pending responses. The client may resend
   * other requests on a new connection (RFC 9112, section 9.3.2).
   *
   * @returns false if this was already done
   */
  closeAfterResponses(socket: Socket): boolean {
    const connection = this.#connectionOf(socket);
    socket.pause();
    if (connection.isEnding) return false;
    connection.isFull = true;
    connection.isEnding = true;
    const last = connection.waiting.at(-1);
    if (last !== undefined) last.response.shouldKeepAlive = false;
    else if (connection.current === null) socket.destroySoon();
    return true;
  }

  /** Number of requests received on the connection. */
  requestsOf(socket: Socket): number {
    return this.#connections.get(socket)?.requests ?? 0;
  }

  /** Whether the connection is open and has not become a WebSocket. */
  holds(socket: Socket): boolean {
    return this.#connections.has(socket);
  }

  isResponding(socket: Socket): boolean {
    return (this.#connections.get(socket)?.current ?? null) !== null;
  }

  /** Removes a connection that became a WebSocket. */
  release(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection !== undefined) socket.removeListener("close", connection.onClose);
    this.#forget(socket);
  }

  /** Closes each connection as soon as it has no response in progress. */
  closeWhenIdle(): void {
    this.#closing = true;
    for (const [socket, connection] of this.#connections) if (connection.current === null) socket.destroy();
  }

  /** Waits until the server has stopped; destroys the remaining connections after the timeout. */
  async drain(stopped: Promise<void>, timeoutMs: number): Promise<void> {
    const cancel = this.#clock.after(timeoutMs, () => {
      for (const socket of [...this.#connections.keys()]) socket.destroy();
    });
    await stopped;
    cancel();
  }

  #connectionOf(socket: Socket): Connection {
    const held = this.#connections.get(socket);
    if (held !== undefined) return held;
    const connection: Connection = {
      current: null,
      waiting: [],
      requests: 0,
      isFull: false,
      isEnding: false,
      onClose: () => this.#forget(socket),
    };
    this.#connections.set(socket, connection);
    socket.on("close", connection.onClose);
    return connection;
  }

  #forget(socket: Socket): void {
    this.#waiting -= this.#connections.get(socket)?.waiting.splice(0).length ?? 0;
    this.#connections.delete(socket);
  }

  #begin(socket: Socket, connection: Connection, response: ServerResponse, respond: () => void): void {
    connection.current = response;
    response.once("close", () => {
      if (connection.waiting.length > 0 && !this.#closing) this.#turns.push(() => this.#next(socket, connection));
      else this.#next(socket, connection);
    });
    respond();
  }

  #next(socket: Socket, connection: Connection): void {
    connection.current = null;
    if (socket.destroyed) return;
    const next = this.#closing ? undefined : connection.waiting.shift();
    if (next !== undefined) {
      this.#waiting -= 1;
      this.#begin(socket, connection, next.response, next.respond);
    } else if (this.#closing || connection.isEnding) {
      socket.destroySoon();
    }
  }
}
