import { Subscriber } from "zeromq";
import { type ConnectionChange, ConnectionMonitor, type MonitorEvent } from "./connection-monitor.ts";
import { copyingContext } from "./copying-context.ts";
import type { Endpoint } from "./endpoint.ts";
import { ZmqSourceError } from "./error.ts";
import type { Sleep } from "./sleep.ts";
import { checkDescriptors } from "./spare-descriptors.ts";
import type { FeedTopic } from "./topic.ts";

/** Options and callbacks of a {@link Subscription}. */
export interface SubscriptionOptions {
  readonly endpoint: Endpoint;
  readonly topics: readonly FeedTopic[];
  /** A larger message ends the connection: the peer is not a node. */
  readonly maxMessageBytes: number;
  /** Messages that ZeroMQ buffers while this process is busy. */
  readonly receiveHighWaterMark: number;
  readonly sleep: Sleep;
  readonly onFrames: (frames: readonly Uint8Array[]) => void;
  readonly onChange: (change: ConnectionChange) => void;
  /** Receives errors of callbacks, and socket errors that reopening does not fix. */
  readonly onFailure: (error: unknown) => void;
}

/** Milliseconds. Guarantee an attempt every 5 s: the longest wait plus the longest attempt. */
const timing = {
  reconnectInterval: 400,
  reconnectMaxInterval: 2_000,
  connectTimeout: 2_500,
  handshakeInterval: 2_500,
  /** Delay before reopening a socket on which ZeroMQ gave up. */
  reopenAfter: 2_000,
};

/**
 * Limits of sockets with only `hashblock` and `sequence`: message size, with margin, and buffered
 * messages.
 */
const HASH_MESSAGE_BYTES = 1024;
const HASH_MESSAGES = 50_000;

const monitorEvents = [
  "connect:delay",
  "connect",
  "connect:retry",
  "close",
  "disconnect",
  "handshake",
  "handshake:error:protocol",
  "handshake:error:auth",
  "handshake:error:other",
] as const;

/** A socket at one address, reopened whenever ZeroMQ gives up, until it is closed. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #closing = new AbortController();
  #socket: Subscriber | null = null;
  #monitor = new ConnectionMonitor();

  /** @throws {ZmqSourceError} `socket_failed` if no socket can be opened */
  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#open();
  }

  /** Replaces the socket with a new one. */
  reopen(): void {
    if (this.#closing.signal.aborted) return;
    const wasConnected = this.#monitor.connected;
    this.#socket?.close();
    this.#monitor = new ConnectionMonitor();
    if (wasConnected) this.#options.onChange("disconnected");
    if (this.#closing.signal.aborted) return;
    try {
      this.#open();
    } catch (error) {
      if (!(error instanceof ZmqSourceError)) throw error;
      // Out of sockets for now: retry later.
      this.#options.onChange("no_socket");
      void this.#reopenLater(this.#monitor, () => true);
    }
  }

  /** Closes the socket, which frees its buffers, and reopens it after a delay. */
  drop(): void {
    if (this.#closing.signal.aborted) return;
    const wasConnected = this.#monitor.connected;
    this.#socket?.close();
    this.#socket = null;
    this.#monitor = new ConnectionMonitor();
    if (wasConnected) this.#options.onChange("disconnected");
    void this.#reopenLater(this.#monitor, () => true);
  }

  close(): void {
    this.#closing.abort();
    this.#socket?.close();
    this.#socket = null;
  }

  #open(): void {
    const { endpoint, topics } = this.#options;
    let socket: Subscriber;
    try {
      checkDescriptors();
      socket = new Subscriber({
        context: copyingContext(),
        linger: 0,
        ipv6: endpoint.ipv6,
        ...this.#bounds(),
        reconnectInterval: timing.reconnectInterval,
        reconnectMaxInterval: timing.reconnectMaxInterval,
        connectTimeout: timing.connectTimeout,
        handshakeInterval: timing.handshakeInterval,
        // No ZeroMQ heartbeats: libzmq 4.3.5 aborts the process if one is due while the receive
        // queue is full and the publisher is gone. TCP keepalive detects a vanished peer.
        tcpKeepalive: 1,
        tcpKeepaliveIdle: 2,
        tcpKeepaliveInterval: 1,
        tcpKeepaliveCount: 3,
      });
    } catch (cause) {
      throw this.#socketFailed(cause);
    }
    try {
      this.#observe(socket);
      socket.subscribe(...topics);
      socket.connect(endpoint.address);
    } catch (cause) {
      socket.close();
      throw this.#socketFailed(cause);
    }
    this.#socket = socket;
    void this.#receive(socket);
  }

  /**
   * ZeroMQ's buffer limits. It limits the number of messages, so memory is bounded by the product.
   */
  #bounds(): { maxMessageSize: number; receiveHighWaterMark: number } {
    const { topics, maxMessageBytes, receiveHighWaterMark } = this.#options;
    const onlyHashes = topics.every((topic) => topic === "hashblock" || topic === "sequence");
    return onlyHashes
      ? { maxMessageSize: Math.min(maxMessageBytes, HASH_MESSAGE_BYTES), receiveHighWaterMark: HASH_MESSAGES }
      : { maxMessageSize: maxMessageBytes, receiveHighWaterMark };
  }

  #socketFailed(cause: unknown): ZmqSourceError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const { endpoint, topics } = this.#options;
    return new ZmqSourceError("socket_failed", `endpoints.${topics[0]}`, `cannot open ${endpoint.address}: ${reason}`, {
      cause,
    });
  }

  #observe(socket: Subscriber): void {
    const monitor = this.#monitor;
    const listener = (event: MonitorEvent): void => {
      if (monitor !== this.#monitor || this.#closing.signal.aborted) return;
      this.#guard(() => {
        const change = monitor.observe(event);
        if (change !== null) this.#options.onChange(change);
      });
      if (event.type === "disconnect") void this.#reopenLater(monitor, () => monitor.abandoned);
    };
    for (const type of monitorEvents) socket.events.on(type, listener);
  }

  /** Reopens the socket after a delay, unless it was replaced or has recovered. */
  async #reopenLater(monitor: ConnectionMonitor, isNeeded: () => boolean): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#options.sleep(timing.reopenAfter, signal);
    } catch (error) {
      if (!signal.aborted) this.#options.onFailure(error);
      return;
    }
    if (monitor === this.#monitor && isNeeded()) this.#guard(() => this.reopen());
  }

  async #receive(socket: Subscriber): Promise<void> {
    const { signal } = this.#closing;
    while (!socket.closed) {
      let frames: readonly Uint8Array[];
      try {
        frames = await socket.receive();
      } catch (error) {
        // Closing a socket rejects its pending receive.
        if (socket.closed || signal.aborted) return;
        this.#options.onFailure(error);
        return;
      }
      if (signal.aborted) return;
      try {
        this.#options.onFrames(frames);
      } catch (error) {
        this.#options.onFailure(error);
      }
    }
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.onFailure(error);
    }
  }
}
