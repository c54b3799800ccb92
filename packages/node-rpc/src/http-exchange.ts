import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { NodeRpcError } from "./error.ts";
import type { NodeAddress } from "./node-url.ts";

/** One request to the node. */
export interface Exchange {
  /** For errors. */
  readonly method: string;
  readonly body: string;
  readonly authorization: string;
  readonly signal: AbortSignal | undefined;
}

/** Connections to one node, kept open between calls. */
export class HttpConnections {
  readonly #address: NodeAddress;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent;
  /** Once the head has come, the reason of an end is no longer told by the response's own error. */
  readonly #silent = new WeakSet<Exchange>();

  constructor(address: NodeAddress, timeoutMs: number, maxConcurrent: number) {
    this.#address = address;
    this.#timeoutMs = timeoutMs;
    const options = {
      keepAlive: true,
      maxSockets: maxConcurrent,
      maxFreeSockets: maxConcurrent,
      scheduling: "lifo",
    } as const;
    this.#agent = address.protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * Posts a body. @returns the response as soon as its head is there; its body is still to be read.
   * @throws {NodeRpcError} `unreachable`, `timeout`, `aborted`.
   */
  async post(exchange: Exchange): Promise<IncomingMessage> {
    try {
      return await this.#postOnce(exchange);
    } catch (failure) {
      // The node closes idle connections; a call that went into one that was just being closed never reached it.
      if (failure instanceof StaleConnection) return await this.#postOnce(exchange).catch(unwrapStale);
      throw failure;
    }
  }

  #postOnce(exchange: Exchange): Promise<IncomingMessage> {
    const { protocol, hostname, port, path } = this.#address;
    const body = Buffer.from(exchange.body);
    return new Promise((resolve, reject) => {
      const request = (protocol === "https:" ? httpsRequest : httpRequest)(
        {
          hostname,
          port,
          path,
          method: "POST",
          agent: this.#agent,
          timeout: this.#timeoutMs,
          headers: {
            "content-type": "application/json",
            "content-length": body.length,
            authorization: exchange.authorization,
          },
          ...(exchange.signal === undefined ? {} : { signal: exchange.signal }),
        },
        resolve,
      );
      request.on("timeout", () => {
        this.#silent.add(exchange);
        request.destroy(new SilentPeer());
      });
      request.on("error", (cause) => {
        const error = this.describe(exchange, cause);
        const stale =
          request.reusedSocket && "code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE");
        reject(stale ? new StaleConnection(error) : error);
      });
      request.end(body);
    });
  }

  /** What a failed request or answer means. */
  describe(exchange: Exchange, cause: unknown): NodeRpcError {
    const { shown } = this.#address;
    if (cause instanceof NodeRpcError) return cause;
    if (exchange.signal?.aborted)
      return new NodeRpcError("aborted", exchange.method, "aborted by the caller", { cause });
    if (this.#silent.has(exchange)) {
      const problem = `${shown} said nothing for ${this.#timeoutMs / 1000} s: it is busy, hangs, or is no Bitcoin node`;
      return new NodeRpcError("timeout", exchange.method, problem, { cause });
    }
    return new NodeRpcError("unreachable", exchange.method, `${shown} ${unreachableReason(cause)}`, { cause });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Nothing came for the time allowed. */
class SilentPeer extends Error {
  override readonly name = "SilentPeer";
}

/** A kept connection turned out to be closed; carries the error to tell when a new one fails too. */
class StaleConnection extends Error {
  override readonly name = "StaleConnection";
  readonly failure: NodeRpcError;

  constructor(failure: NodeRpcError) {
    super(failure.message);
    this.failure = failure;
  }
}

function unwrapStale(error: unknown): never {
  throw error instanceof StaleConnection ? error.failure : error;
}

function unreachableReason(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  switch (code) {
    case "ECONNREFUSED":
      return "refuses the connection: start the node with server=1, or correct the address";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "cannot be found: correct the host's name";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return "cannot be reached over the network";
    case "ECONNRESET":
    case "EPIPE":
      return "broke the connection: the node stopped, or the address belongs to another service";
    default:
      // The parser's own errors (HPE_…): what answers does not speak HTTP.
      if (code.startsWith("HPE_")) return "does not answer as a Bitcoin node does (no HTTP): correct the address";
      return `failed (${cause instanceof Error ? cause.message : String(cause)})`;
  }
}
