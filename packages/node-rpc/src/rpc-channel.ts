import type { IncomingMessage } from "node:http";
import { setImmediate as nextTurn, setTimeout as timer } from "node:timers/promises";
import { parsedJson } from "./answer-fields.ts";
import type { Credentials } from "./credentials.ts";
import { NodeRpcError, rpcCodes } from "./error.ts";
import type { NodeRpcEvent } from "./event.ts";
import { HexBytes } from "./hex-bytes.ts";
import type { Exchange, HttpConnections } from "./http-exchange.ts";
import { JsonMembers, JsonTextError } from "./json-members.ts";

/** What one call may ask for beyond its parameters. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
}

/** One value of an answer: the path of what contains it, its key there, its JSON text. */
export type MemberText = readonly [containerPath: string, key: string, json: string];

/** A response and the request it belongs to. */
interface Answer {
  readonly exchange: Exchange;
  readonly response: IncomingMessage;
}

/** Waits before a call that met a full work queue is tried again, in milliseconds. */
const busyDelays = [100, 200, 400, 800, 1600];
/** Taken apart in one go: one or two milliseconds of work. */
const BYTES_PER_TURN = 2 ** 17;
/** Enough of an error page to say what it is. */
const MAX_ERROR_BYTES = 2 ** 20;

/** Sends JSON-RPC bodies to a node and reads what comes back: authorised, repeated where that helps, bounded. */
export class RpcChannel {
  readonly #connections: HttpConnections;
  readonly #credentials: Credentials;
  readonly #maxAnswerBytes: number;
  readonly #onEvent: (event: NodeRpcEvent) => void;
  readonly #closing = new AbortController();

  constructor(
    connections: HttpConnections,
    credentials: Credentials,
    maxAnswerBytes: number,
    onEvent: (event: NodeRpcEvent) => void,
  ) {
    this.#connections = connections;
    this.#credentials = credentials;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#onEvent = onEvent;
  }

  close(): void {
    this.#closing.abort();
    this.#connections.close();
  }

  /** Whether the next call would go with other credentials than those that the node refused last. */
  credentialsChanged(): Promise<boolean> {
    return this.#credentials.changedSinceRefusal();
  }

  /** Posts a body and parses the whole answer. */
  async exchange(method: string, body: string, options: CallOptions): Promise<unknown> {
    const answer = await this.#post(method, body, options);
    const bytes = await this.#readWhole(answer, this.#maxAnswerBytes);
    try {
      return JSON.parse(bytes.toString("utf8"));
    } catch (cause) {
      throw notJson(method, bytes, cause);
    }
  }

  /**
   * Posts a body and hands the values of the answer out while it arrives, in groups, each as
   * `[container path, key, JSON text]`. Unless the answer holds an error, every container in `opened` must be there.
   */
  async *stream(
    method: string,
    body: string,
    opened: readonly string[],
    options: CallOptions,
  ): AsyncGenerator<MemberText[], void, undefined> {
    let group: MemberText[] = [];
    const members = new JsonMembers(opened, (path, key, json) => group.push([path, key, json]), this.#maxAnswerBytes);
    for await (const _ of this.#takeApart(method, body, members, options)) {
      if (group.length > 0) yield group;
      group = [];
    }
    const absent = opened.find((path) => !members.entered.has(path));
    if (absent !== undefined) throw notANodes(method, `it holds no list or object "${absent}"`);
  }

  /** Posts a body whose result is one long text in hex, and decodes it while it arrives. */
  async hexResult(method: string, body: string, options: CallOptions): Promise<Uint8Array> {
    const bytes = new HexBytes();
    const others: MemberText[] = [];
    const members = new JsonMembers([], (...other) => others.push(other), this.#maxAnswerBytes, {
      key: "result",
      take: (text) => bytes.take(text),
    });
    for await (const _ of this.#takeApart(method, body, members, options));
    const result = bytes.end(method);
    const error = others.find(([, key, json]) => key === "error" && json !== "null");
    if (error !== undefined)
      throw errorOf(method, { error: parsedJson(method, error[2]) }) ?? notANodes(method, "no result");
    if (result === null) throw notANodes(method, "its result is no text in hex");
    return result;
  }

  /** Posts a body and takes the answer apart while it arrives; gives the caller a turn after each part, the last one included. */
  async *#takeApart(
    method: string,
    body: string,
    members: JsonMembers,
    options: CallOptions,
  ): AsyncGenerator<void, void, undefined> {
    const answer = await this.#post(method, body, options);
    try {
      for await (const chunk of answer.response as AsyncIterable<Buffer>) {
        for (let begin = 0; begin < chunk.length; begin += BYTES_PER_TURN) {
          members.push(chunk.subarray(begin, begin + BYTES_PER_TURN));
          yield;
          // A node on the same machine sends faster than this reads: without a pause nobody else would get a turn.
          await nextTurn();
        }
      }
      this.#checkComplete(answer);
      members.end();
      yield;
    } catch (cause) {
      if (cause instanceof JsonTextError) throw notANodes(method, cause.message, cause);
      throw this.#closedOr(method, this.#connections.describe(answer.exchange, cause));
    } finally {
      answer.response.destroy();
    }
  }

  async #post(method: string, body: string, options: CallOptions): Promise<Answer> {
    let cookieReread = false;
    for (let attempt = 0; ; ) {
      const exchange = await this.#exchangeOf(method, body, options);
      let response: IncomingMessage;
      try {
        response = await this.#connections.post(exchange);
      } catch (error) {
        // A node that comes back after this has another cookie.
        this.#credentials.refresh();
        throw this.#closedOr(method, error);
      }
      const answer = { exchange, response };
      const { statusCode = 0 } = response;
      if (statusCode === 200 || statusCode === 500 || statusCode === 404) {
        if (statusCode === 200) return answer;
        return await this.#errorAnswer(answer, statusCode);
      }
      const page = await this.#readWhole(answer, MAX_ERROR_BYTES);
      if (statusCode === 401 && !cookieReread && (await this.#hasOtherCredentials(exchange))) {
        cookieReread = true;
        this.#onEvent({ type: "cookie_reread", method });
      } else if (statusCode === 503 && attempt < busyDelays.length) {
        const delayMs = busyDelays[attempt]!;
        attempt += 1;
        this.#onEvent({ type: "busy", method, delayMs });
        await this.#wait(method, delayMs, options);
      } else {
        if (statusCode === 401 || statusCode === 403) this.#credentials.refused(exchange.authorization);
        throw this.#refused(method, statusCode, page);
      }
    }
  }

  /** Reads the cookie again. The same once more would only be refused once more, and the node logs each refusal. */
  async #hasOtherCredentials({ method, authorization }: Exchange): Promise<boolean> {
    return this.#credentials.refresh() && (await this.#credentials.header(method)) !== authorization;
  }

  async #exchangeOf(method: string, body: string, options: CallOptions): Promise<Exchange> {
    if (this.#closing.signal.aborted) throw new NodeRpcError("closed", method, "the connection has been closed");
    if (options.signal?.aborted) throw new NodeRpcError("aborted", method, "aborted by the caller");
    const authorization = await this.#credentials.header(method);
    return { method, body, authorization, signal: options.signal };
  }

  /** Bitcoin Core sends a failed single call with status 500 or 404, and the error as JSON in the body. */
  async #errorAnswer(answer: Answer, httpStatus: number): Promise<never> {
    const { method } = answer.exchange;
    const bytes = await this.#readWhole(answer, MAX_ERROR_BYTES);
    let body: unknown;
    try {
      body = JSON.parse(bytes.toString("utf8"));
    } catch (cause) {
      throw notJson(method, bytes, cause, httpStatus);
    }
    throw errorOf(method, body, httpStatus) ?? notJson(method, bytes, undefined, httpStatus);
  }

  #refused(method: string, httpStatus: number, page: Buffer): NodeRpcError {
    switch (httpStatus) {
      case 401:
        return new NodeRpcError(
          "unauthorized",
          method,
          `the node refuses ${this.#credentials.description}: correct it (rpcuser/rpcauth in bitcoin.conf)`,
          { httpStatus },
        );
      case 403:
        return new NodeRpcError(
          "forbidden",
          method,
          "the node does not allow this call from here: add rpcallowip for this address, or the method to rpcwhitelist, in bitcoin.conf",
          { httpStatus },
        );
      case 503:
        return new NodeRpcError("busy", method, "the node's work queue stays full: raise rpcworkqueue", { httpStatus });
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
        new NodeRpcError("aborted", method, "aborted while waiting for the busy node", { cause }),
      );
    }
  }

  async #readWhole(answer: Answer, maxBytes: number): Promise<Buffer> {
    const { exchange, response } = answer;
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > maxBytes)
          throw new NodeRpcError("answer_too_large", exchange.method, `the answer exceeds ${maxBytes} bytes`);
        chunks.push(chunk);
      }
      this.#checkComplete(answer);
    } catch (cause) {
      response.destroy();
      throw this.#closedOr(exchange.method, this.#connections.describe(exchange, cause));
    }
    return Buffer.concat(chunks);
  }

  #checkComplete({ exchange, response }: Answer): void {
    if (!response.complete) throw new NodeRpcError("bad_answer", exchange.method, "the answer was cut short");
  }

  #closedOr(method: string, error: unknown): unknown {
    return this.#closing.signal.aborted ? new NodeRpcError("closed", method, "the connection has been closed") : error;
  }
}

/** The error that a JSON-RPC answer carries, or null when it carries none. */
export function errorOf(method: string, body: unknown, httpStatus?: number): NodeRpcError | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const { error } = body;
  if (typeof error !== "object" || error === null) return null;
  const rpcCode = "code" in error && typeof error.code === "number" ? error.code : 0;
  const text = "message" in error && typeof error.message === "string" ? error.message : "no message";
  const details = { rpcCode, ...(httpStatus === undefined ? {} : { httpStatus }) };
  if (rpcCode === rpcCodes.warmingUp)
    return new NodeRpcError("warming_up", method, `the node is starting (${text})`, details);
  return new NodeRpcError("rpc_error", method, `the node answers: ${text} (code ${rpcCode})`, details);
}

const notANodes = (method: string, problem: string, cause?: unknown): NodeRpcError =>
  new NodeRpcError(
    "bad_answer",
    method,
    `the answer is not a Bitcoin node's: ${problem}`,
    cause === undefined ? {} : { cause },
  );

function notJson(method: string, bytes: Buffer, cause: unknown, httpStatus?: number): NodeRpcError {
  const beginning = bytes
    .subarray(0, 60)
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, " ")
    .trim();
  const status = httpStatus === undefined ? "" : ` with HTTP status ${httpStatus}`;
  const problem = `the answer${status} is not a Bitcoin node's (it begins ${JSON.stringify(beginning)}): correct the address`;
  return new NodeRpcError("bad_answer", method, problem, {
    ...(cause === undefined ? {} : { cause }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}
