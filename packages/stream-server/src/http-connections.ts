import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import type { StreamLimits } from "./stream-limits.ts";

interface Connection {
  /** The response under way; null while there is none. */
  current: ServerResponse | null;
  /** Requests that came while an answer was under way, in their order. */
  readonly waiting: { readonly response: ServerResponse; readonly answer: () => void }[];
  /** No further request is admitted. */
  isFull: boolean;
  /** Nothing more is read, and the connection closes after the answers to the requests that are held. */
  isEnding: boolean;
  /** Requests that came. */
  requests: number;
}

/**
 * The connections of an HTTP server that no WebSocket has taken over. Requests that a client pipelines are answered one
 * after the other, each when the system has taken the answer before it: a client that does not read is not answered.
 */
export class HttpConnections {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #connections = new Map<Socket, Connection>();
  /** Requests that wait, over all connections. */
  #waiting = 0;
  #closing = false;

  constructor(limits: StreamLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  add(socket: Socket): void {
    this.#connectionOf(socket);
  }

  /** Whether a further request of the connection is held. After the first that is not, none is. */
  admits(socket: Socket): boolean {
    const connection = this.#connectionOf(socket);
    if (connection.current === null || connection.isFull) return !connection.isFull;
    const { maxRequestsInFlight, maxWaitingRequests } = this.#limits;
    if (connection.waiting.length + 1 < maxRequestsInFlight && this.#waiting < maxWaitingRequests) return true;
    connection.isFull = true;
    return false;
  }

  /**
   * A request came on the connection and was admitted.
   * @param answer called when it is the request's turn.
   */
  arrive(socket: Socket, response: ServerResponse, answer: () => void): void {
    const connection = this.#connectionOf(socket);
    connection.requests += 1;
    if (connection.current === null) {
      this.#begin(socket, connection, response, answer);
    } else {
      connection.waiting.push({ response, answer });
      this.#waiting += 1;
    }
  }

  /**
   * Reads nothing more from the connection and closes it after the answers to the requests that are held. The client may
   * send the others again on another connection (RFC 9112, section 9.3.2).
   * @returns false when this was done before.
   */
  endWhenAnswered(socket: Socket): boolean {
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

  /** How many requests came on the connection. */
  requestsOf(socket: Socket): number {
    return this.#connections.get(socket)?.requests ?? 0;
  }

  isAnswering(socket: Socket): boolean {
    return (this.#connections.get(socket)?.current ?? null) !== null;
  }

  /** The connection is no longer HTTP. */
  release(socket: Socket): void {
    this.#forget(socket);
  }

  /** Closes each connection as soon as no answer is under way on it. */
  closeWhenQuiet(): void {
    this.#closing = true;
    for (const [socket, connection] of this.#connections) if (connection.current === null) socket.destroy();
  }

  /** Waits until the server has stopped, at most so long; then cuts off what is left. */
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
    };
    this.#connections.set(socket, connection);
    socket.once("close", () => this.#forget(socket));
    return connection;
  }

  #forget(socket: Socket): void {
    this.#waiting -= this.#connections.get(socket)?.waiting.splice(0).length ?? 0;
    this.#connections.delete(socket);
  }

  #begin(socket: Socket, connection: Connection, response: ServerResponse, answer: () => void): void {
    connection.current = response;
    response.once("close", () => {
      // The other connections have their turn before the next request of this one.
      if (connection.waiting.length > 0 && !this.#closing) this.#clock.afterIo(() => this.#next(socket, connection));
      else this.#next(socket, connection);
    });
    answer();
  }

  #next(socket: Socket, connection: Connection): void {
    connection.current = null;
    if (socket.destroyed) return;
    const next = this.#closing ? undefined : connection.waiting.shift();
    if (next !== undefined) {
      this.#waiting -= 1;
      this.#begin(socket, connection, next.response, next.answer);
    } else if (this.#closing || connection.isEnding) {
      socket.destroySoon();
    }
  }
}
