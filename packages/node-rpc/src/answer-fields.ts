import { NodeRpcError } from "./error.ts";

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

  string(name: string): string {
    const value = this.#object[name];
    return typeof value === "string" ? value : this.#wrong(name, "a text", value);
  }

  boolean(name: string): boolean {
    const value = this.#object[name];
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false", value);
  }

  number(name: string): number {
    const value = this.#object[name];
    return typeof value === "number" && Number.isFinite(value) ? value : this.#wrong(name, "a number", value);
  }

  count(name: string): number {
    const value = this.number(name);
    return Number.isSafeInteger(value) && value >= 0 ? value : this.#wrong(name, "a whole number from 0", value);
  }

  hash(name: string): string {
    const value = this.string(name);
    return isHash(value) ? value : this.#wrong(name, "64 hex digits", value);
  }

  strings(name: string): string[] {
    const value = this.#object[name];
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    return this.#wrong(name, "a list of texts", value);
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
  const found = value === undefined ? "nothing" : (JSON.stringify(value)?.slice(0, 40) ?? typeof value);
  return new NodeRpcError("bad_answer", method, `the answer should hold ${expected}, but there is ${found}`);
}

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
    throw new NodeRpcError("bad_answer", method, `the answer holds ${json.slice(0, 40)}, which is not JSON`, { cause });
  }
}
