import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RPC_ERRORS, RpcCallError } from "./rpc-error.ts";
import { RPC_METHODS, type RpcNode } from "./rpc-methods.ts";
import { SimulatorError } from "./simulator-error.ts";

/** Bitcoin Core's limit of the request body. */
const MAX_BODY_BYTES = 0x02000000;

/** Switchable faults of the RPC server, for tests of clients. */
export interface RpcBehavior {
  user: string;
  password: string;
  /** Calls never get a response. */
  hangs: boolean;
  /** Calls get a 403. */
  forbids: boolean;
  /** Calls get error -28, as from a starting node. */
  warmsUp: boolean;
}

/** JSON-RPC server on loopback: HTTP POST, basic authentication, single calls and batches. */
export class RpcServer {
  readonly url: string;
  readonly behavior: RpcBehavior;
  /** Number of calls by method. */
  readonly calls = new Map<string, number>();
  readonly #server: Server;
  readonly #node: RpcNode;

  private constructor(server: Server, node: RpcNode, behavior: RpcBehavior) {
    this.#server = server;
    this.#node = node;
    this.behavior = behavior;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** @param port - 0 takes a free one */
  static async listen(port: number, node: RpcNode, behavior: RpcBehavior): Promise<RpcServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) => {
        const message = `cannot listen on 127.0.0.1:${port}: is another program using it?`;
        reject(new SimulatorError("cannot_listen", message, { cause }));
      });
      server.listen(port, "127.0.0.1", resolve);
    });
    return new RpcServer(server, node, behavior);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.behavior.hangs) {
      request.resume();
      return;
    }
    if (this.behavior.forbids) return reply(response, 403, "");
    if (request.method !== "POST") return reply(response, 405, "JSONRPC server handles only POST requests");
    if (!this.#authorized(request.headers.authorization)) {
      response.setHeader("WWW-Authenticate", 'Basic realm="jsonrpc"');
      return reply(response, 401, "");
    }
    const body = await readBody(request);
    if (body === null) return reply(response, 413, "");
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch {
      const error = { code: RPC_ERRORS.parse, message: "Parse error" };
      return reply(response, 500, JSON.stringify({ result: null, error, id: null }));
    }
    if (Array.isArray(parsed)) {
      const answers = parsed.map((call: unknown) => JSON.stringify(this.#call(call).answer));
      return reply(response, 200, `[${answers.join(",")}]`);
    }
    const { status, answer } = this.#call(parsed);
    reply(response, status, JSON.stringify(answer));
  }

  /** Handles a call: JSON-RPC 2.0 if requested (always status 200), else 1.1 as in Bitcoin Core. */
  #call(request: unknown): { status: number; answer: object } {
    const call = (typeof request === "object" && request !== null ? request : {}) as { [key: string]: unknown };
    const id = call["id"] ?? null;
    const second = call["jsonrpc"] === "2.0";
    try {
      const result = this.#invoke(call);
      return { status: 200, answer: second ? { jsonrpc: "2.0", result, id } : { result, error: null, id } };
    } catch (error) {
      if (!(error instanceof RpcCallError)) throw error;
      const described = { code: error.rpcCode, message: error.message };
      if (second) return { status: 200, answer: { jsonrpc: "2.0", error: described, id } };
      return { status: statusOf(error.rpcCode), answer: { result: null, error: described, id } };
    }
  }

  #invoke(call: { [key: string]: unknown }): unknown {
    const { method, params = [] } = call;
    if (typeof method !== "string") throw new RpcCallError(RPC_ERRORS.invalidRequest, "Missing method");
    if (!Array.isArray(params)) {
      throw new RpcCallError(RPC_ERRORS.invalidRequest, "Params must be an array: named parameters are not supported");
    }
    if (this.behavior.warmsUp) throw new RpcCallError(RPC_ERRORS.inWarmup, "Loading block index…");
    const handler = RPC_METHODS.get(method);
    if (handler === undefined) throw new RpcCallError(RPC_ERRORS.methodNotFound, "Method not found");
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    return handler(this.#node, params);
  }

  #authorized(header: string | undefined): boolean {
    const { user, password } = this.behavior;
    const wanted = Buffer.from(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`);
    const given = Buffer.from(header ?? "");
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

function statusOf(rpcCode: number): number {
  if (rpcCode === RPC_ERRORS.methodNotFound) return 404;
  return rpcCode === RPC_ERRORS.invalidRequest ? 400 : 500;
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
