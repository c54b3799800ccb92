import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { NodeRpcError } from "./error.ts";
import type { NodeAddress } from "./node-url.ts";
import { LEAST_BYTES, Patience } from "./patience.ts";

/** One request to the node. */
export interface Exchange {
  /** For errors. */
  readonly method: string;
  readonly body: string;
  readonly authorization: string;
  readonly signal: AbortSignal | undefined;
}

/** The beginning of an answer: its body is still to be read, or given up. */
export interface Answer {
  readonly exchange: Exchange;
  readonly status: number;
  /** The body as it arrives. @throws {NodeRpcError} `timeout`, `unreachable`, `bad_answer` when it is cut short, `aborted`. */
  body(): AsyncGenerator<Buffer, void, undefined>;
  /** Leaves the rest of the body unread. */
  giveUp(): void;
}

/** Longest head of an answer. */
const MAX_HEAD_BYTES = 2 ** 14;

/** Connections to one node, kept open between calls. */
export class HttpConnections {
  readonly #address: NodeAddress;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent;

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
   * Posts a body. @returns the answer as soon as its head is there.
   * @throws {NodeRpcError} `unreachable`, `timeout`, `aborted`.
   */
  async post(exchange: Exchange): Promise<Answer> {
    try {
      return await this.#postOnce(exchange);
    } catch (failure) {
      // The node closes idle connections; a call that went into one that was just being closed never reached it.
      if (failure instanceof StaleConnection) return await this.#postOnce(exchange).catch(unwrapStale);
      throw failure;
    }
  }

  #postOnce(exchange: Exchange): Promise<Answer> {
    const { protocol, hostname, port, path } = this.#address;
    const body = Buffer.from(exchange.body);
    return new Promise((resolve, reject) => {
      let patience: Patience | null = null;
      let head: IncomingMessage | null = null;
      const giveUp = (): void => {
        const late = new NodeRpcError("timeout", exchange.method, this.#lateSentence(head !== null));
        request.destroy(late);
        head?.destroy(late);
      };
      const request = (protocol === "https:" ? httpsRequest : httpRequest)(
        {
          hostname,
          port,
          path,
          method: "POST",
          agent: this.#agent,
          maxHeaderSize: MAX_HEAD_BYTES,
          headers: {
            "content-type": "application/json",
            "content-length": body.length,
            authorization: exchange.authorization,
          },
          ...(exchange.signal === undefined ? {} : { signal: exchange.signal }),
        },
        (response) => {
          head = response;
          patience?.begun();
          resolve(this.#answer(exchange, response, patience));
        },
      );
      // Not before: a request may have to wait until a connection is free.
      request.on("socket", () => {
        patience = new Patience(this.#timeoutMs, giveUp);
      });
      request.on("close", () => patience?.end());
      request.on("error", (cause) => {
        const error = this.#describe(exchange, cause);
        const stale =
          request.reusedSocket && "code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE");
        reject(stale ? new StaleConnection(error) : error);
      });
      request.end(body);
    });
  }

  #answer(exchange: Exchange, response: IncomingMessage, patience: Patience | null): Answer {
    const describe = (cause: unknown): NodeRpcError => this.#describe(exchange, cause);
    return {
      exchange,
      status: response.statusCode ?? 0,
      giveUp: () => void response.destroy(),
      async *body() {
        try {
          for await (const chunk of response as AsyncIterable<Buffer>) {
            patience?.arrived(chunk.length);
            if (patience !== null) patience.waits = false;
            yield chunk;
            if (patience !== null) patience.waits = true;
          }
        } catch (cause) {
          throw describe(cause);
        } finally {
          patience?.end();
          response.destroy();
        }
        if (!response.complete) throw new NodeRpcError("bad_answer", exchange.method, "the answer was cut short");
      },
    };
  }

  #lateSentence(isBegun: boolean): string {
    const { shown } = this.#address;
    const seconds = this.#timeoutMs / 1000;
    return isBegun
      ? `${shown} sent its answer too slowly: under ${LEAST_BYTES} bytes, and not the end, in ${seconds} s`
      : `${shown} did not answer within ${seconds} s: it is busy, hangs, or is no Bitcoin node`;
  }

  /** What a failed request or answer means. */
  #describe(exchange: Exchange, cause: unknown): NodeRpcError {
    if (cause instanceof NodeRpcError) return cause;
    if (exchange.signal?.aborted)
      return new NodeRpcError("aborted", exchange.method, "aborted by the caller", { cause });
    const problem = `${this.#address.shown} ${unreachableReason(cause)}`;
    return new NodeRpcError("unreachable", exchange.method, problem, { cause });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A kept connection turned out to be closed; carries the error to throw when a new one fails too. */
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
    case "HPE_HEADER_OVERFLOW":
      return `answers with a head of more than ${MAX_HEAD_BYTES} bytes: correct the address`;
    default:
      // The parser's own errors (HPE_…): what answers does not speak HTTP.
      if (code.startsWith("HPE_")) return "does not answer as a Bitcoin node does (no HTTP): correct the address";
      return `failed (${cause instanceof Error ? cause.message : String(cause)})`;
  }
}
