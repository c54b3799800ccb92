import { setImmediate as nextTurn, setTimeout as timer } from "node:timers/promises";
import { checkOptions, kindOf } from "./argument.ts";
import type { Credentials } from "./credentials.ts";
import { NodeRpcError, rpcCodes } from "./error.ts";
import type { NodeRpcEvent } from "./event.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { HexBytes } from "./hex-bytes.ts";
import type { HttpConnections, NodeResponse, PostRequest } from "./http-connections.ts";
import {
  JsonLimitError,
  JsonStreamParser,
  JsonTextError,
  type MemberListener,
  type ValueLimits,
} from "./json-stream-parser.ts";
import { printable } from "./printable-text.ts";
import { parsedJson } from "./response-fields.ts";

/** Options of a call. */
export interface CallOptions {
  /** Aborts the call. */
  readonly signal?: AbortSignal | undefined;
}

/** A value of a streamed response: path of its container, key, JSON text. */
export type MemberText = readonly [containerPath: string, key: string, json: string];

/** How to parse a streamed response. */
export interface StreamPlan extends ValueLimits {
  /** Paths of the containers whose values are emitted one by one. */
  readonly opened: readonly string[];
  /** Containers that must exist unless the response is an error. */
  readonly required: readonly string[];
  /** Maximum size of the response. */
  readonly maxBytes: number;
}

/** Delays before the retries of a call when the node's work queue is full, ms. */
const busyDelays = [100, 200, 400, 800, 1600];
/** Bytes parsed per turn of the event loop: one to two milliseconds of work. */
const BYTES_PER_TURN = 2 ** 17;
/** Bytes read of an error response: enough for a node's errors and to identify another server. */
const MAX_ERROR_BYTES = 2 ** 16;
/** Maximum size of a block (BIP 141); transactions are smaller. */
const MAX_BLOCK_BYTES = 4_000_000;
/** Upper limit of the values besides the result: error, id, version. */
export const ENVELOPE_VALUES = 8;
/** Maximum size of a block or transaction in hex: two digits per byte, and the quotes. */
export const MAX_HEX_BYTES = 2 * MAX_BLOCK_BYTES + 2;

function checkCallOptions(options: CallOptions): void {
  // A signal itself has no own fields.
  if (typeof options !== "object" || options === null || "aborted" in options)
    throw new TypeError(`options must be { signal }, got ${kindOf(options)}`);
  checkOptions(options, { signal: "signal" }, (name, problem) => new TypeError(`options.${name}: ${problem}`));
}

/** Sends JSON-RPC requests: adds credentials, retries, limits the response size. */
export class RpcChannel {
  readonly #connections: HttpConnections;
  readonly #credentials: Credentials;
  readonly #maxResponseBytes: number;
  readonly #onEvent: (event: NodeRpcEvent) => void;
  readonly #closing = new AbortController();

  constructor(
    connections: HttpConnections,
    credentials: Credentials,
    maxResponseBytes: number,
    onEvent: (event: NodeRpcEvent) => void,
  ) {
    this.#connections = connections;
    this.#credentials = credentials;
    this.#maxResponseBytes = maxResponseBytes;
    this.#onEvent = onEvent;
  }

  close(): void {
    this.#closing.abort();
    this.#connections.close();
  }

  /** Whether the credentials have changed since the node rejected them. */
  credentialsChanged(): Promise<boolean> {
    return this.#credentials.changedSinceRejection();
  }

  /**
   * Maximum size of a response parsed as a whole, and of an object or list in a streamed response.
   */
  get maxResponseBytes(): number {
    return this.#maxResponseBytes;
  }

  /** Sends a request and parses the whole response. */
  async request(method: string, body: string, options: CallOptions): Promise<unknown> {
    const response = await this.#post(method, body, options);
    const bytes = new GrowingBytes();
    for await (const chunk of this.#bodyOf(response)) {
      bytes.append(chunk);
      if (bytes.length > this.#maxResponseBytes) throw tooLarge(method, this.#maxResponseBytes);
    }
    const whole = bytes.take();
    try {
      return JSON.parse(textOf(whole));
    } catch (cause) {
      throw notJson(method, whole, cause);
    }
  }

  /**
   * Sends a request and yields the values of the response while it arrives, in groups of
   * `[container path, key, JSON text]`.
   */
  async *stream(
    method: string,
    body: string,
    plan: StreamPlan,
    options: CallOptions,
  ): AsyncGenerator<MemberText[], void, undefined> {
    let group: MemberText[] = [];
    const members = new JsonStreamParser(plan.opened, (path, key, json) => group.push([path, key, json]), plan);
    for await (const _ of this.#parseIncrementally(method, body, members, plan.maxBytes, options)) {
      if (group.length > 0) yield group;
      group = [];
    }
    const absent = plan.required.find((path) => !members.entered.has(path));
    if (absent !== undefined) throw notFromNode(method, `no list or object "${absent}"`);
  }

  /** Sends a request whose result is hex, and decodes it while it arrives. */
  async hexResult(method: string, body: string, options: CallOptions): Promise<Uint8Array> {
    const bytes = new HexBytes();
    const others: MemberText[] = [];
    const limits = { maxValues: ENVELOPE_VALUES, maxStringBytes: MAX_HEX_BYTES, maxValueBytes: MAX_ERROR_BYTES };
    const listener: MemberListener = (...other) => others.push(other);
    const members = new JsonStreamParser([], listener, limits, { key: "result", take: (text) => bytes.take(text) });
    for await (const _ of this.#parseIncrementally(method, body, members, MAX_HEX_BYTES + MAX_ERROR_BYTES, options));
    const result = bytes.end(method);
    const error = others.find(([, key, json]) => key === "error" && json !== "null");
    if (error !== undefined)
      throw errorOf(method, { error: parsedJson(method, error[2]) }) ?? notFromNode(method, "no result");
    if (result === null) throw notFromNode(method, "the result is not hex");
    return result;
  }

  /**
   * Sends a request and parses the response incrementally; yields after each part, including the
   * last.
   */
  async *#parseIncrementally(
    method: string,
    body: string,
    members: JsonStreamParser,
    maxBytes: number,
    options: CallOptions,
  ): AsyncGenerator<void, void, undefined> {
    const response = await this.#post(method, body, options);
    let length = 0;
    try {
      for await (const chunk of this.#bodyOf(response)) {
        length += chunk.length;
        if (length > maxBytes) throw tooLarge(method, maxBytes);
        for (let begin = 0; begin < chunk.length; begin += BYTES_PER_TURN) {
          members.push(chunk.subarray(begin, begin + BYTES_PER_TURN));
          yield;
          // Lets other work run: a local node sends faster than this parses.
          await nextTurn();
        }
      }
      members.end();
      yield;
    } catch (cause) {
      if (cause instanceof JsonTextError) throw notFromNode(method, cause.message, cause);
      if (cause instanceof JsonLimitError) throw new NodeRpcError("answer_too_large", method, cause.message, { cause });
      throw cause;
    }
  }

  /** Streams the body. Errors after `close` are `closed`. */
  async *#bodyOf(response: NodeResponse): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* response.body();
    } catch (error) {
      throw this.#closedOr(response.postRequest.method, error);
    }
  }

  async #post(method: string, body: string, options: CallOptions): Promise<NodeResponse> {
    checkCallOptions(options);
    let cookieReread = false;
    for (let attempt = 0; ; ) {
      const postRequest = await this.#createRequest(method, body, options);
      let response: NodeResponse;
      try {
        response = await this.#connections.post(postRequest);
      } catch (error) {
        // The node may have restarted with another cookie.
        this.#credentials.refresh();
        throw this.#closedOr(method, error);
      }
      const { status } = response;
      if (status === 200) return response;
      const page = await this.#errorBody(response);
      if (status === 500 || status === 404) throw errorResponse(method, page, status);
      if (status === 401 && !cookieReread && (await this.#hasNewCookie(postRequest))) {
        cookieReread = true;
        this.#onEvent({ type: "cookie_reread", method });
      } else if (status === 503 && attempt < busyDelays.length) {
        const delayMs = busyDelays[attempt]!;
        attempt += 1;
        this.#onEvent({ type: "busy", method, delayMs });
        await this.#wait(method, delayMs, options);
      } else {
        if (status === 401 || status === 403) this.#credentials.onRejected(postRequest.authorization);
        throw this.#rejection(method, status, page);
      }
    }
  }

  /**
   * Reads the cookie again. An unchanged cookie is not sent again, because the node logs every
   * rejection.
   */
  async #hasNewCookie({ method, authorization }: PostRequest): Promise<boolean> {
    return this.#credentials.refresh() && (await this.#credentials.header(method)) !== authorization;
  }

  async #createRequest(method: string, body: string, options: CallOptions): Promise<PostRequest> {
    if (this.#closing.signal.aborted) throw new NodeRpcError("closed", method, "the client is closed");
    if (options.signal?.aborted) throw new NodeRpcError("aborted", method, "aborted by the caller");
    const authorization = await this.#credentials.header(method);
    return { method, body, authorization, signal: options.signal };
  }

  #rejection(method: string, httpStatus: number, page: Uint8Array): NodeRpcError {
    switch (httpStatus) {
      case 401:
        return new NodeRpcError("unauthorized", method, `the node rejects ${this.#credentials.description}`, {
          httpStatus,
        });
      case 403:
        return new NodeRpcError(
          "forbidden",
          method,
          "the node forbids this call: add rpcallowip for this address, or the method to rpcwhitelist, in bitcoin.conf",
          { httpStatus },
        );
      case 503:
        return new NodeRpcError("busy", method, "the node's work queue is full: raise rpcworkqueue", { httpStatus });
      default:
        return notJson(method, page, undefined, httpStatus);
    }
  }

  async #wait(method: string, delayMs: number, options: CallOptions): Promise<void> {
    const signals = [this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])];
    try {
      await timer(delayMs, undefined, { signal: AbortSignal.any(signals) });
    } catch (cause) {
      throw this.#closedOr(
        method,
        new NodeRpcError("aborted", method, "aborted by the caller while the node is busy", { cause }),
      );
    }
  }

  /** Reads the part of the body needed for an error. */
  async #errorBody(response: NodeResponse): Promise<Uint8Array> {
    const bytes = new GrowingBytes();
    for await (const chunk of this.#bodyOf(response)) {
      bytes.append(chunk.subarray(0, MAX_ERROR_BYTES - bytes.length));
      if (bytes.length === MAX_ERROR_BYTES) break;
    }
    return bytes.take();
  }

  #closedOr(method: string, error: unknown): unknown {
    return this.#closing.signal.aborted ? new NodeRpcError("closed", method, "the client is closed") : error;
  }
}

/** The error of a JSON-RPC response, or null. */
export function errorOf(method: string, body: unknown, httpStatus?: number): NodeRpcError | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const { error } = body;
  if (typeof error !== "object" || error === null) return null;
  const rpcCode = "code" in error && typeof error.code === "number" ? error.code : 0;
  const text = "message" in error && typeof error.message === "string" ? printable(error.message) : "no message";
  const details = { rpcCode, ...(httpStatus === undefined ? {} : { httpStatus }) };
  if (rpcCode === rpcCodes.warmingUp)
    return new NodeRpcError("warming_up", method, `the node is starting (${text})`, details);
  return new NodeRpcError("rpc_error", method, `${text} (code ${rpcCode})`, details);
}

const notFromNode = (method: string, problem: string, cause?: unknown): NodeRpcError =>
  new NodeRpcError(
    "bad_answer",
    method,
    `not a response of a Bitcoin node: ${problem}`,
    cause === undefined ? {} : { cause },
  );

/** Bitcoin Core returns the error of a single call as JSON with status 500 or 404. */
function errorResponse(method: string, page: Uint8Array, httpStatus: number): NodeRpcError {
  let body: unknown;
  try {
    body = JSON.parse(textOf(page));
  } catch (cause) {
    return notJson(method, page, cause, httpStatus);
  }
  return errorOf(method, body, httpStatus) ?? notJson(method, page, undefined, httpStatus);
}

const tooLarge = (method: string, maxBytes: number): NodeRpcError =>
  new NodeRpcError("answer_too_large", method, `the response exceeds ${maxBytes} bytes`);

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");

function notJson(method: string, bytes: Uint8Array, cause: unknown, httpStatus?: number): NodeRpcError {
  const start = printable(textOf(bytes.subarray(0, 60)));
  const status = httpStatus === undefined ? "" : ` with HTTP status ${httpStatus}`;
  const problem = `not a response of a Bitcoin node${status} (it starts with ${JSON.stringify(start)}): correct the address`;
  return new NodeRpcError("bad_answer", method, problem, {
    ...(cause === undefined ? {} : { cause }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}
