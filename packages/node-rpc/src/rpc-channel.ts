import { setImmediate as nextTurn, setTimeout as timer } from "node:timers/promises";
import { parsedJson } from "./answer-fields.ts";
import type { Credentials } from "./credentials.ts";
import { NodeRpcError, rpcCodes } from "./error.ts";
import type { NodeRpcEvent } from "./event.ts";
import { foreignText } from "./foreign-text.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { HexBytes } from "./hex-bytes.ts";
import type { Answer, Exchange, HttpConnections } from "./http-exchange.ts";
import { JsonLimitError, JsonMembers, JsonTextError, type MemberListener, type ValueLimits } from "./json-members.ts";

/** What one call may ask for beyond its parameters. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
}

/** One value of an answer: the path of what contains it, its key there, its JSON text. */
export type MemberText = readonly [containerPath: string, key: string, json: string];

/** How an answer is read that is taken apart while it arrives. */
export interface StreamPlan extends ValueLimits {
  /** Paths of the containers whose values are handed out one by one. */
  readonly opened: readonly string[];
  /** Those of them that must be there unless the answer holds an error. */
  readonly required: readonly string[];
  /** Longest answer. */
  readonly maxBytes: number;
}

/** Waits before a call that met a full work queue is tried again, in milliseconds. */
const busyDelays = [100, 200, 400, 800, 1600];
/** Taken apart in one go: one or two milliseconds of work. */
const BYTES_PER_TURN = 2 ** 17;
/** Read of an answer with an error: enough for the node's own errors, and to say what another server is. */
const MAX_ERROR_BYTES = 2 ** 16;
/** Consensus allows no larger block (BIP 141); no transaction is larger than a block. */
const MAX_BLOCK_BYTES = 4_000_000;
/** More than enough for the values around a result: the error, the call's number, the protocol's version. */
export const ENVELOPE_VALUES = 8;
/** Longest text of a block or a transaction: two digits a byte, and the quotes. */
export const MAX_HEX_BYTES = 2 * MAX_BLOCK_BYTES + 2;

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

  /** Longest answer that is parsed as a whole, and longest object or list in one that is read as it comes. */
  get maxAnswerBytes(): number {
    return this.#maxAnswerBytes;
  }

  /** Posts a body and parses the whole answer. */
  async exchange(method: string, body: string, options: CallOptions): Promise<unknown> {
    const answer = await this.#post(method, body, options);
    const bytes = new GrowingBytes();
    for await (const chunk of this.#bodyOf(answer)) {
      bytes.append(chunk);
      if (bytes.length > this.#maxAnswerBytes) throw tooLarge(method, this.#maxAnswerBytes);
    }
    const whole = bytes.take();
    try {
      return JSON.parse(textOf(whole));
    } catch (cause) {
      throw notJson(method, whole, cause);
    }
  }

  /**
   * Posts a body and hands the values of the answer out while it arrives, in groups, each as
   * `[container path, key, JSON text]`.
   */
  async *stream(
    method: string,
    body: string,
    plan: StreamPlan,
    options: CallOptions,
  ): AsyncGenerator<MemberText[], void, undefined> {
    let group: MemberText[] = [];
    const members = new JsonMembers(plan.opened, (path, key, json) => group.push([path, key, json]), plan);
    for await (const _ of this.#takeApart(method, body, members, plan.maxBytes, options)) {
      if (group.length > 0) yield group;
      group = [];
    }
    const absent = plan.required.find((path) => !members.entered.has(path));
    if (absent !== undefined) throw notANodes(method, `it holds no list or object "${absent}"`);
  }

  /** Posts a body whose result is one long text in hex, and decodes it while it arrives. */
  async hexResult(method: string, body: string, options: CallOptions): Promise<Uint8Array> {
    const bytes = new HexBytes();
    const others: MemberText[] = [];
    const limits = { maxValues: ENVELOPE_VALUES, maxStringBytes: MAX_HEX_BYTES, maxValueBytes: MAX_ERROR_BYTES };
    const listener: MemberListener = (...other) => others.push(other);
    const members = new JsonMembers([], listener, limits, { key: "result", take: (text) => bytes.take(text) });
    for await (const _ of this.#takeApart(method, body, members, MAX_HEX_BYTES + MAX_ERROR_BYTES, options));
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
    maxBytes: number,
    options: CallOptions,
  ): AsyncGenerator<void, void, undefined> {
    const answer = await this.#post(method, body, options);
    let length = 0;
    try {
      for await (const chunk of this.#bodyOf(answer)) {
        length += chunk.length;
        if (length > maxBytes) throw tooLarge(method, maxBytes);
        for (let begin = 0; begin < chunk.length; begin += BYTES_PER_TURN) {
          members.push(chunk.subarray(begin, begin + BYTES_PER_TURN));
          yield;
          // A node on the same machine sends faster than this reads: without a pause nothing else would get a turn.
          await nextTurn();
        }
      }
      members.end();
      yield;
    } catch (cause) {
      if (cause instanceof JsonTextError) throw notANodes(method, cause.message, cause);
      if (cause instanceof JsonLimitError) throw new NodeRpcError("answer_too_large", method, cause.message, { cause });
      throw cause;
    }
  }

  /** The body as it arrives; after `close` the error is `closed`. */
  async *#bodyOf(answer: Answer): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* answer.body();
    } catch (error) {
      throw this.#closedOr(answer.exchange.method, error);
    }
  }

  async #post(method: string, body: string, options: CallOptions): Promise<Answer> {
    let cookieReread = false;
    for (let attempt = 0; ; ) {
      const exchange = await this.#exchangeOf(method, body, options);
      let answer: Answer;
      try {
        answer = await this.#connections.post(exchange);
      } catch (error) {
        // A node that comes back after this has another cookie.
        this.#credentials.refresh();
        throw this.#closedOr(method, error);
      }
      const { status } = answer;
      if (status === 200) return answer;
      const page = await this.#beginningOf(answer);
      if (status === 500 || status === 404) throw errorAnswer(method, page, status);
      if (status === 401 && !cookieReread && (await this.#hasOtherCredentials(exchange))) {
        cookieReread = true;
        this.#onEvent({ type: "cookie_reread", method });
      } else if (status === 503 && attempt < busyDelays.length) {
        const delayMs = busyDelays[attempt]!;
        attempt += 1;
        this.#onEvent({ type: "busy", method, delayMs });
        await this.#wait(method, delayMs, options);
      } else {
        if (status === 401 || status === 403) this.#credentials.refused(exchange.authorization);
        throw this.#refused(method, status, page);
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

  #refused(method: string, httpStatus: number, page: Uint8Array): NodeRpcError {
    switch (httpStatus) {
      case 401:
        return new NodeRpcError("unauthorized", method, `the node refuses ${this.#credentials.description}`, {
          httpStatus,
        });
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

  /** As much of the body as an error needs; the rest is left unread. */
  async #beginningOf(answer: Answer): Promise<Uint8Array> {
    const bytes = new GrowingBytes();
    for await (const chunk of this.#bodyOf(answer)) {
      bytes.append(chunk.subarray(0, MAX_ERROR_BYTES - bytes.length));
      if (bytes.length === MAX_ERROR_BYTES) break;
    }
    return bytes.take();
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
  const text = "message" in error && typeof error.message === "string" ? foreignText(error.message) : "no message";
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

/** Bitcoin Core sends a failed single call with status 500 or 404, and the error as JSON in the body. */
function errorAnswer(method: string, page: Uint8Array, httpStatus: number): NodeRpcError {
  let body: unknown;
  try {
    body = JSON.parse(textOf(page));
  } catch (cause) {
    return notJson(method, page, cause, httpStatus);
  }
  return errorOf(method, body, httpStatus) ?? notJson(method, page, undefined, httpStatus);
}

const tooLarge = (method: string, maxBytes: number): NodeRpcError =>
  new NodeRpcError("answer_too_large", method, `the answer exceeds ${maxBytes} bytes`);

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");

function notJson(method: string, bytes: Uint8Array, cause: unknown, httpStatus?: number): NodeRpcError {
  const beginning = foreignText(textOf(bytes.subarray(0, 60)));
  const status = httpStatus === undefined ? "" : ` with HTTP status ${httpStatus}`;
  const problem = `the answer${status} is not a Bitcoin node's (it begins ${JSON.stringify(beginning)}): correct the address`;
  return new NodeRpcError("bad_answer", method, problem, {
    ...(cause === undefined ? {} : { cause }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}
