import { NodeRpcError } from "./error.ts";
import { describeValue, printable } from "./printable-text.ts";

/** Maximum characters of a name or address: Bitcoin Core's limit for its version string. */
const NAME_LENGTH_MAX = 256;
/** Maximum of an `int` in Bitcoin Core. */
const HEIGHT_MAX = 2 ** 31 - 1;
/** Maximum time of a block header: the year 2106. */
const UNIX_TIME_MAX = 2 ** 32 - 1;

/**
 * Reads and validates the fields of a response. A missing or invalid field throws a `bad_answer`
 * that names it.
 */
export class ResponseFields {
  readonly #method: string;
  readonly #object: Readonly<Record<string, unknown>>;
  /** Path of the object in the response, as prefix of field names in errors. */
  readonly #prefix: string;

  /**
   * @param field path of the object in the response; omitted for the response itself
   * @throws {NodeRpcError} `bad_answer` if `value` is not an object
   */
  constructor(method: string, value: unknown, field?: string) {
    this.#method = method;
    this.#prefix = field === undefined ? "" : `${field}.`;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw badResponse(method, field === undefined ? "an object" : `an object in field "${field}"`, value);
    this.#object = { ...value };
  }

  /** A short printable text: no control or invisible characters. */
  name(name: string): string {
    const value = this.#object[name];
    return typeof value === "string" && value.length <= NAME_LENGTH_MAX && printable(value) === value
      ? value
      : this.#wrong(name, `a text of at most ${NAME_LENGTH_MAX} printable characters`, value);
  }

  chain(name: string): string {
    const value = this.#object[name];
    return isChainName(value) ? value : this.#wrong(name, "a chain name", value);
  }

  boolean(name: string): boolean {
    const value = this.#object[name];
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false", value);
  }

  number(name: string, min: number, max: number): number {
    const value = this.#object[name];
    return typeof value === "number" && value >= min && value <= max
      ? value
      : this.#wrong(name, `a number from ${min} to ${max}`, value);
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#object[name];
    return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : this.#wrong(name, `an integer from ${min} to ${max}`, value);
  }

  count(name: string): number {
    return this.integer(name, 0, Number.MAX_SAFE_INTEGER);
  }

  height(name: string): number {
    return this.integer(name, 0, HEIGHT_MAX);
  }

  /** Unix seconds. */
  time(name: string): number {
    return this.integer(name, 0, UNIX_TIME_MAX);
  }

  hash(name: string): string {
    const value = this.#object[name];
    return isHash(value) ? value : this.#wrong(name, "64 hex digits", value);
  }

  hashes(name: string): string[] {
    const value = this.#object[name];
    return Array.isArray(value) && value.every(isHash) ? value : this.#wrong(name, "a list of ids", value);
  }

  nested(name: string): ResponseFields {
    return new ResponseFields(this.#method, this.#object[name], `${this.#prefix}${name}`);
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined;
  }

  #wrong(name: string, expected: string, value: unknown): never {
    throw badResponse(this.#method, `${expected} in field "${this.#prefix}${name}"`, value);
  }
}

export function badResponse(method: string, expected: string, value: unknown): NodeRpcError {
  const problem = `invalid response: expected ${expected}, found ${describeValue(value)}`;
  return new NodeRpcError("bad_answer", method, problem);
}

/**
 * Whether a value has the form of a chain name, e.g. `main` or `testnet4`. Such names are safe in
 * paths and HTML.
 */
export const isChainName = (value: unknown): value is string =>
  typeof value === "string" && /^[a-z][a-z0-9]{0,31}$/.test(value);

/** Whether a value is 64 lowercase hex digits. */
export const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

/** @throws {NodeRpcError} `bad_answer` unless `value` is an even number of hex digits */
export function hexBytes(method: string, value: unknown): Uint8Array {
  if (typeof value !== "string" || value.length % 2 !== 0) throw badResponse(method, "bytes in hex", value);
  const bytes = Buffer.from(value, "hex");
  // Buffer.from stops at the first invalid digit.
  if (bytes.length * 2 !== value.length) throw badResponse(method, "bytes in hex", value);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** @throws {NodeRpcError} `bad_answer` */
export function parsedJson(method: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const start = printable(json, 40);
    throw new NodeRpcError("bad_answer", method, `invalid response: not JSON: ${start}`, { cause });
  }
}
