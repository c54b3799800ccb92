import { NodeRpcError } from "./error.ts";
import { describeValue, foreignText } from "./foreign-text.ts";

/** Longest name or address in an answer, in characters: Bitcoin Core's own limit for a version's name. */
const NAME_LENGTH_MAX = 256;
/** Of Bitcoin Core's `int`. */
const HEIGHT_MAX = 2 ** 31 - 1;
/** Of a header's time, and of any moment until the year 2106. */
const UNIX_TIME_MAX = 2 ** 32 - 1;

/** Reads the fields of an answer, each checked; a missing or wrong one is a `bad_answer` that names it. */
export class AnswerFields {
  readonly #method: string;
  readonly #object: Readonly<Record<string, unknown>>;
  /** What stands before the fields' names: where the object is in the answer. */
  readonly #place: string;

  /**
   * @param field where the object is in the answer; left out for the answer itself.
   * @throws {NodeRpcError} `bad_answer` when `value` is no object.
   */
  constructor(method: string, value: unknown, field?: string) {
    this.#method = method;
    this.#place = field === undefined ? "" : `${field}.`;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw badAnswer(method, field === undefined ? "an object" : `an object in field "${field}"`, value);
    this.#object = { ...value };
  }

  /** A short text that can be shown: no control or invisible characters. */
  name(name: string): string {
    const value = this.#object[name];
    return typeof value === "string" && value.length <= NAME_LENGTH_MAX && foreignText(value) === value
      ? value
      : this.#wrong(name, `a text of at most ${NAME_LENGTH_MAX} printable characters`, value);
  }

  chain(name: string): string {
    const value = this.#object[name];
    return isChainName(value) ? value : this.#wrong(name, "a chain's name", value);
  }

  boolean(name: string): boolean {
    const value = this.#object[name];
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false", value);
  }

  number(name: string, least: number, most: number): number {
    const value = this.#object[name];
    return typeof value === "number" && value >= least && value <= most
      ? value
      : this.#wrong(name, `a number from ${least} to ${most}`, value);
  }

  whole(name: string, least: number, most: number): number {
    const value = this.#object[name];
    return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
      ? value
      : this.#wrong(name, `a whole number from ${least} to ${most}`, value);
  }

  count(name: string): number {
    return this.whole(name, 0, Number.MAX_SAFE_INTEGER);
  }

  height(name: string): number {
    return this.whole(name, 0, HEIGHT_MAX);
  }

  /** Unix seconds. */
  time(name: string): number {
    return this.whole(name, 0, UNIX_TIME_MAX);
  }

  hash(name: string): string {
    const value = this.#object[name];
    return isHash(value) ? value : this.#wrong(name, "64 hex digits", value);
  }

  hashes(name: string): string[] {
    const value = this.#object[name];
    return Array.isArray(value) && value.every(isHash) ? value : this.#wrong(name, "a list of ids", value);
  }

  nested(name: string): AnswerFields {
    return new AnswerFields(this.#method, this.#object[name], `${this.#place}${name}`);
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined;
  }

  #wrong(name: string, expected: string, value: unknown): never {
    throw badAnswer(this.#method, `${expected} in field "${this.#place}${name}"`, value);
  }
}

export function badAnswer(method: string, expected: string, value: unknown): NodeRpcError {
  const problem = `the answer should hold ${expected}, but there is ${describeValue(value)}`;
  return new NodeRpcError("bad_answer", method, problem);
}

/** Whether a text can be the name of a chain, as in `main` or `testnet4`: a word that is safe in a path or a page. */
export const isChainName = (value: unknown): value is string =>
  typeof value === "string" && /^[a-z][a-z0-9]{0,31}$/.test(value);

/** 64 lower-case hex digits. */
export const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

/** @throws {NodeRpcError} `bad_answer` unless `value` is an even number of hex digits. */
export function hexBytes(method: string, value: unknown): Uint8Array {
  if (typeof value !== "string" || value.length % 2 !== 0) throw badAnswer(method, "bytes in hex", value);
  const bytes = Buffer.from(value, "hex");
  // Buffer stops at the first character that is no hex digit.
  if (bytes.length * 2 !== value.length) throw badAnswer(method, "bytes in hex", value);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** @throws {NodeRpcError} `bad_answer`. */
export function parsedJson(method: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const beginning = foreignText(json, 40);
    throw new NodeRpcError("bad_answer", method, `the answer holds ${beginning}, which is not JSON`, { cause });
  }
}
