import { connect as connectTcp, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import WebSocket, { type ClientOptions } from "ws";
import {
  createStreamServer,
  type StreamEvent,
  type StreamServer,
  type StreamServerOptions,
  type Topic,
} from "../src/index.ts";

/** A server with a channel of two topics. Closes after the test. */
export interface TestServer {
  readonly server: StreamServer;
  readonly url: string;
  readonly port: number;
  readonly live: Topic;
  readonly confirmed: Topic;
  readonly events: StreamEvent[];
  /** Publishes `{live: n}`, snapshot `{allLive: n}`. */
  publish(n: number): void;
  eventsOf<Type extends StreamEvent["type"]>(type: Type): Extract<StreamEvent, { type: Type }>[];
  /** The first event of the type that matches, past or future. */
  event<Type extends StreamEvent["type"]>(
    type: Type,
    fits?: (event: Extract<StreamEvent, { type: Type }>) => boolean,
  ): Promise<Extract<StreamEvent, { type: Type }>>;
}

export async function startServer(options: StreamServerOptions = {}): Promise<TestServer> {
  const events: StreamEvent[] = [];
  const waiting = new Set<() => void>();
  const server = createStreamServer({
    ...options,
    onEvent: (event) => {
      events.push(event);
      for (const wake of [...waiting]) wake();
    },
  });
  const channel = server.channel({ webSocketPath: "/ws", ssePath: "/sse" });
  const live = channel.topic("live");
  const confirmed = channel.topic("confirmed");
  const { url, port } = await server.listen();
  onTestFinished(() => server.close());
  const eventsOf: TestServer["eventsOf"] = (type) => events.filter((event) => event.type === type) as never;
  return {
    server,
    url,
    port,
    live,
    confirmed,
    events,
    publish: (n) =>
      live.publish({ delta: JSON.stringify({ live: n }), snapshot: () => JSON.stringify({ allLive: n }) }),
    eventsOf,
    event: (type, fits = () => true) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = eventsOf(type).find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A real WebSocket client that stores its messages. */
export class TestClient {
  readonly socket: WebSocket;
  readonly messages: unknown[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #opened: Promise<void>;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url.replace(/^http/, "ws"), options);
    this.socket.on("message", (data) => {
      this.messages.push(JSON.parse(String(data)));
      for (const wake of [...this.#waiting]) wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.#opened = new Promise((resolve, reject) => {
      this.socket.on("open", resolve);
      this.socket.on("error", reject);
    });
    this.#opened.catch(() => {});
    onTestFinished(() => this.socket.terminate());
  }

  async opened(): Promise<this> {
    await this.#opened;
    return this;
  }

  /** Waits until it has this many messages and returns them. */
  received(count: number): Promise<unknown[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.messages.length < count) return;
        this.#waiting.delete(look);
        resolve(this.messages);
      };
      this.#waiting.add(look);
      look();
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }
}

/** HTTP status of a refused WebSocket handshake. */
export function refusedStatus(url: string, options: ClientOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, "ws"), options);
    socket.on("open", () => {
      socket.terminate();
      reject(new Error("the connection was not refused"));
    });
    socket.on("unexpected-response", (request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.on("error", () => {});
  });
}

const MAX_MATCH_LENGTH = 1024;

/** A raw TCP connection, for data that no correct client sends. */
export class RawConnection {
  readonly socket: Socket;
  readonly ended: Promise<string>;
  #received = "";
  readonly #waiting = new Set<() => void>();

  constructor(port: number) {
    this.socket = connectTcp(port, "127.0.0.1");
    this.socket.setEncoding("latin1");
    this.socket.on("data", (chunk: string) => {
      this.#received += chunk;
      for (const wake of [...this.#waiting]) wake();
    });
    this.socket.on("error", () => {});
    this.ended = new Promise((resolve) => this.socket.on("close", () => resolve(this.#received)));
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  /**
   * Waits until the received text matches. A match has at most {@link MAX_MATCH_LENGTH} characters.
   */
  until(pattern: RegExp): Promise<string> {
    let looked = 0;
    return new Promise((resolve) => {
      const look = (): void => {
        // Searches new data only, because tens of megabytes arrive in small pieces.
        const from = Math.max(0, looked - MAX_MATCH_LENGTH);
        looked = this.#received.length;
        if (!pattern.test(this.#received.slice(from))) return;
        this.#waiting.delete(look);
        resolve(this.#received);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Opens a raw WebSocket that reads nothing until the socket is resumed. */
  async upgrade(path = "/ws", headers: readonly string[] = ["Host: localhost"]): Promise<void> {
    this.socket.write(
      [
        `GET ${path} HTTP/1.1`,
        ...headers,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "",
        "",
      ].join("\r\n"),
    );
    await this.until(/\r\n\r\n/);
  }
}
