import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { NodeRpcError } from "./error.ts";
import type { NodeAddress } from "./node-url.ts";
import { MIN_BYTES, ResponseTimeout } from "./response-timeout.ts";

/** A POST request to the node. */
export interface PostRequest {
  /** RPC method, for errors. */
  readonly method: string;
  readonly body: string;
  readonly authorization: string;
  readonly signal: AbortSignal | undefined;
}

/** A response whose body must be read or discarded. */
export interface NodeResponse {
  readonly postRequest: PostRequest;
  readonly status: number;
  /**
   * Streams the body.
   *
   * @throws {NodeRpcError} `timeout`, `unreachable`, `bad_answer` if truncated, `aborted`
   */
  body(): AsyncGenerator<Buffer, void, undefined>;
  /** Discards the rest of the body. */
  discard(): void;
}

/** Maximum size of the response headers. */
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
   * Sends a request.
   *
   * @returns the response once its headers have arrived
   * @throws {NodeRpcError} `unreachable`, `timeout`, `aborted`
   */
  async post(postRequest: PostRequest): Promise<NodeResponse> {
    try {
      return await this.#postOnce(postRequest);
    } catch (failure) {
      // The node closes idle connections. A call on a connection being closed never reached it:
      // retry once.
      if (failure instanceof StaleConnection) return await this.#postOnce(postRequest).catch(unwrapStale);
      throw failure;
    }
  }

  #postOnce(postRequest: PostRequest): Promise<NodeResponse> {
    const { protocol, hostname, port, path } = this.#address;
    const body = Buffer.from(postRequest.body);
    return new Promise((resolve, reject) => {
      let timeout: ResponseTimeout | null = null;
      let head: IncomingMessage | null = null;
      const onTimeout = (): void => {
        const late = new NodeRpcError("timeout", postRequest.method, this.#timeoutProblem(head !== null));
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
            authorization: postRequest.authorization,
          },
          ...(postRequest.signal === undefined ? {} : { signal: postRequest.signal }),
        },
        (response) => {
          head = response;
          timeout?.onHeaders();
          resolve(this.#response(postRequest, response, timeout));
        },
      );
      // The timeout starts here, because a request may wait for a free connection.
      request.on("socket", () => {
        timeout = new ResponseTimeout(this.#timeoutMs, onTimeout);
      });
      request.on("close", () => timeout?.stop());
      request.on("error", (cause) => {
        const error = this.#describe(postRequest, cause);
        const stale =
          request.reusedSocket && "code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE");
        reject(stale ? new StaleConnection(error) : error);
      });
      request.end(body);
    });
  }

  #response(postRequest: PostRequest, response: IncomingMessage, timeout: ResponseTimeout | null): NodeResponse {
    const describe = (cause: unknown): NodeRpcError => this.#describe(postRequest, cause);
    return {
      postRequest,
      status: response.statusCode ?? 0,
      discard: () => void response.destroy(),
      async *body() {
        try {
          for await (const chunk of response as AsyncIterable<Buffer>) {
            timeout?.onData(chunk.length);
            if (timeout !== null) timeout.reading = false;
            yield chunk;
            if (timeout !== null) timeout.reading = true;
          }
        } catch (cause) {
          throw describe(cause);
        } finally {
          timeout?.stop();
          response.destroy();
        }
        if (!response.complete) throw new NodeRpcError("bad_answer", postRequest.method, "the response was truncated");
      },
    };
  }

  #timeoutProblem(hasStarted: boolean): string {
    const { shown } = this.#address;
    const seconds = this.#timeoutMs / 1000;
    return hasStarted
      ? `response of ${shown} is too slow: under ${MIN_BYTES} bytes in ${seconds} s`
      : `no response from ${shown} within ${seconds} s: it is busy, hangs or is not a Bitcoin node`;
  }

  #describe(postRequest: PostRequest, cause: unknown): NodeRpcError {
    if (cause instanceof NodeRpcError) return cause;
    if (postRequest.signal?.aborted)
      return new NodeRpcError("aborted", postRequest.method, "aborted by the caller", { cause });
    const problem = unreachableProblem(this.#address.shown, cause);
    return new NodeRpcError("unreachable", postRequest.method, problem, { cause });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A reused connection was closed. Holds the error to throw if the retry fails too. */
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

function unreachableProblem(address: string, cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  switch (code) {
    case "ECONNREFUSED":
      return `connection refused by ${address}: start the node with server=1, or correct the address`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `cannot resolve ${address}: correct the host name`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return `${address} is unreachable`;
    case "ECONNRESET":
    case "EPIPE":
      return `connection closed by ${address}: the node stopped, or the address belongs to another service`;
    case "HPE_HEADER_OVERFLOW":
      return `${address} sends headers of more than ${MAX_HEAD_BYTES} bytes: correct the address`;
    default:
      // Errors of Node's HTTP parser (HPE_…).
      if (code.startsWith("HPE_")) return `${address} is not a Bitcoin node (no HTTP): correct the address`;
      return `request to ${address} failed: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
