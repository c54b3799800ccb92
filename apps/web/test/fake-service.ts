import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { builtPage } from "./built-page.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** The content security policy that the real service sends with the page. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

const STREAM_PATH = "ws/mempool";

/** Options of the fake service. */
export interface FakeServiceOptions {
  /** Path that everything is served under, with slashes at both ends. Default "/". */
  readonly basePath?: string;
  readonly port?: number;
  /** Messages sent to each client on connect. */
  readonly greeting: () => readonly unknown[];
  /** Responses of the HTTP API by path relative to the base path; other paths return 404. */
  readonly answers?: Record<string, unknown>;
  /** Response to handshakes and plain requests on the stream's path; null: accept handshakes. */
  readonly refusal?: () => Refusal | null;
}

/** Why the stream is refused. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** What every service answers. */
const DEFAULT_ANSWERS: Readonly<Record<string, unknown>> = {
  "api/v1/history": { step: 10, from: 0, to: 0, time: [], price: [], low: [], high: [], status: [] },
  "health/ready": { ok: true, reasons: [], notices: [] },
  // Nothing that can be read as a record: its line stays hidden.
  "api/v1/track-record": {},
};

/** A response of {@link FakeServiceOptions.answers} that never comes. */
export const NEVER = Symbol("never");

/**
 * Serves the page with the real service's policy and sends arbitrary messages over the stream. Used
 * for what the real service cannot do: invalid and hostile messages, and exact points at exact
 * times.
 */
export class FakeService {
  readonly #folder = builtPage();
  readonly #options: FakeServiceOptions;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  /** Messages of the clients, in order. */
  readonly received: string[] = [];
  /** Requested paths. */
  readonly requests: string[] = [];

  private constructor(options: FakeServiceOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#sockets = new WebSocketServer({
      server: this.#server,
      path: `${this.#base}${STREAM_PATH}`,
      verifyClient: (_info, decide) => {
        const refusal = options.refusal?.() ?? null;
        if (refusal === null) decide(true);
        else decide(false, refusal.status, refusal.message);
      },
    });
    this.#sockets.on("connection", (socket) => {
      socket.on("message", (data) => {
        this.received.push(String(data));
        // Without a pong a page in a slow test would replace the connection during the test.
        if (String(data) === '{"type":"ping"}') send(socket, { type: "pong" });
      });
      for (const message of options.greeting()) send(socket, message);
    });
  }

  static async start(options: FakeServiceOptions): Promise<FakeService> {
    const service = new FakeService(options);
    await new Promise<void>((resolve, reject) => {
      service.#server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return service;
  }

  get #base(): string {
    return this.#options.basePath ?? "/";
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}${this.#base}`;
  }

  get readers(): number {
    return this.#sockets.clients.size;
  }

  /** Sends to every client; a string is sent unchanged. */
  send(message: unknown): void {
    for (const socket of this.#sockets.clients) send(socket, message);
  }

  /** Closes all connections, like a server that stops. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    this.requests.push(pathname);
    const path = pathname.startsWith(this.#base) ? pathname.slice(this.#base.length) : null;
    const refusal = path === STREAM_PATH ? (this.#options.refusal?.() ?? null) : null;
    if (refusal !== null) {
      const { status, code, message, retryAfterSeconds } = refusal;
      response.writeHead(status, {
        "content-type": "application/json",
        ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
      });
      response.end(JSON.stringify({ error: code, message }));
      return;
    }
    const answer = path === null ? undefined : (this.#options.answers?.[path] ?? DEFAULT_ANSWERS[path]);
    if (answer === NEVER) return;
    if (answer !== undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
      return;
    }
    const file = path === null ? "" : join(this.#folder, normalize(`/${path || "index.html"}`));
    if (path === null || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "x-content-type-options": "nosniff",
    });
    createReadStream(file).pipe(response);
  }
}

function send(socket: WebSocket, message: unknown): void {
  socket.send(typeof message === "string" ? message : JSON.stringify(message));
}
