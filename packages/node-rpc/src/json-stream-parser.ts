import { GrowingBytes } from "./growing-bytes.ts";

/** The text is not JSON. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
}

/** The text exceeds a limit on the number or size of values. */
export class JsonLimitError extends Error {
  override readonly name = "JsonLimitError";
}

/** Limits on values, in bytes of JSON text. */
export interface ValueLimits {
  readonly maxValues: number;
  /** Maximum size of a string, quotes included. */
  readonly maxStringBytes: number;
  /** Maximum size of an object, a list, a number or a key. */
  readonly maxValueBytes: number;
}

/**
 * Receives a value: path of its container (`""` for the outermost, `"result"`, …), key or index,
 * JSON text.
 */
export type MemberListener = (containerPath: string, key: string, json: string) => void;

/** Receives the content of one long string piece by piece. */
export interface TextSink {
  /** Key of the string in the outermost object. */
  readonly key: string;
  /** @throws if the bytes are invalid */
  readonly take: (bytes: Uint8Array) => void;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

interface Container {
  readonly path: string;
  readonly isArray: boolean;
  /** Number of values started. */
  count: number;
  key: string;
}

/** Expected token at the next byte that is not whitespace. */
type Expectation = "value" | "value_or_end" | "key" | "key_or_end" | "colon" | "comma_or_end" | "nothing";

type Capture = "none" | "key" | "string" | "container" | "scalar";

/**
 * Parses JSON incrementally, so that a response of hundreds of megabytes neither fills the memory
 * nor blocks the process like `JSON.parse`. Emits the values of the containers in `opened` one by
 * one as JSON text, and all other values of the outermost container whole.
 */
export class JsonStreamParser {
  /** Paths of `opened` found so far, and `""` for the outermost container. */
  readonly entered = new Set<string>();
  readonly #opened: ReadonlySet<string>;
  readonly #listener: MemberListener;
  readonly #limits: ValueLimits;
  readonly #sink: TextSink | null;
  readonly #stack: Container[] = [];
  #expect: Expectation = "value";
  #capture: Capture = "none";
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Bytes of the current value from earlier chunks. */
  readonly #kept = new GrowingBytes();
  /** Size of the current value so far. */
  #valueBytes = 0;
  #values = 0;
  #position = 0;

  /**
   * @param limits a value beyond a limit is an error
   * @param sink receives one string instead of the listener
   */
  constructor(opened: Iterable<string>, listener: MemberListener, limits: ValueLimits, sink: TextSink | null = null) {
    this.#opened = new Set(opened);
    this.#listener = listener;
    this.#limits = limits;
    this.#sink = sink;
  }

  /**
   * Parses the next bytes.
   *
   * @throws {JsonTextError} {@link JsonLimitError}, and errors of the listener
   */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#capture !== "none") {
        const end = this.#capturedUntil(chunk, at);
        const piece = chunk.subarray(at, end ?? chunk.length);
        this.#count(piece);
        if (end === null) {
          if (!this.#feedsSink) this.#kept.append(piece);
          break;
        }
        at = end;
        this.#finish(piece);
      } else {
        const byte = chunk[at]!;
        if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) at += 1;
        else at += this.#structure(byte, at);
      }
    }
    this.#position += chunk.length;
  }

  /** Marks the end of the text. @throws {JsonTextError} if the text is incomplete */
  end(): void {
    if (this.#capture === "scalar" && this.#stack.length === 0) this.#finish(new Uint8Array(0));
    if (this.#expect !== "nothing" || this.#capture !== "none") throw new JsonTextError("unexpected end of JSON");
  }

  /** @returns the number of consumed bytes */
  #structure(byte: number, at: number): 0 | 1 {
    const top = this.#stack.at(-1);
    const closes = top !== undefined && byte === (top.isArray ? CLOSE_BRACKET : CLOSE_BRACE);
    switch (this.#expect) {
      case "value_or_end":
      case "value":
        if (closes && this.#expect === "value_or_end") return this.#close();
        return this.#beginValue(byte, at);
      case "key_or_end":
      case "key":
        if (closes && this.#expect === "key_or_end") return this.#close();
        if (byte !== QUOTE) return this.#unexpected(byte, at);
        this.#capture = "key";
        return 0;
      case "colon":
        if (byte !== COLON) return this.#unexpected(byte, at);
        this.#expect = "value";
        return 1;
      case "comma_or_end":
        if (closes) return this.#close();
        if (byte !== COMMA) return this.#unexpected(byte, at);
        this.#expect = top?.isArray ? "value" : "key";
        return 1;
      case "nothing":
        return this.#unexpected(byte, at);
    }
  }

  #beginValue(byte: number, at: number): 0 | 1 {
    const parent = this.#stack.at(-1);
    if (parent?.isArray) parent.key = String(parent.count);
    if (parent !== undefined) parent.count += 1;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const path = parent === undefined ? "" : parent.path === "" ? parent.key : `${parent.path}.${parent.key}`;
      if (parent === undefined || this.#opened.has(path)) {
        const isArray = byte === OPEN_BRACKET;
        this.entered.add(path);
        this.#stack.push({ path, isArray, count: 0, key: "" });
        this.#expect = isArray ? "value_or_end" : "key_or_end";
        return 1;
      }
      this.#capture = "container";
    } else if (byte === QUOTE) {
      this.#capture = "string";
    } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a)) {
      this.#capture = "scalar";
    } else {
      return this.#unexpected(byte, at);
    }
    return 0;
  }

  #close(): 1 {
    this.#stack.pop();
    this.#expect = this.#stack.length === 0 ? "nothing" : "comma_or_end";
    return 1;
  }

  /** @returns the end of the current value in the chunk; null if it continues in the next one */
  #capturedUntil(chunk: Uint8Array, from: number): number | null {
    let at = from;
    if (this.#capture === "scalar") {
      for (; at < chunk.length; at++) {
        const byte = chunk[at]!;
        if (byte <= 0x20 || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return at;
      }
      return null;
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#depth === 0) return at + 1;
        }
      } else if (byte === QUOTE) {
        this.#inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth += 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth -= 1;
        if (this.#depth === 0) return at + 1;
      }
    }
    return null;
  }

  #count(piece: Uint8Array): void {
    if (this.#feedsSink) this.#feedSink(piece);
    this.#valueBytes += piece.length;
    const { maxStringBytes, maxValueBytes } = this.#limits;
    const max = this.#capture === "string" ? maxStringBytes : maxValueBytes;
    if (this.#valueBytes > max) throw new JsonLimitError(`a value in the response exceeds ${max} bytes`);
  }

  get #feedsSink(): boolean {
    const top = this.#stack.at(-1);
    return this.#sink !== null && this.#capture === "string" && top?.path === "" && top.key === this.#sink.key;
  }

  #feedSink(piece: Uint8Array): void {
    // Strips the opening quote of the first piece and the closing quote of the last.
    const begin = this.#valueBytes === 0 ? 1 : 0;
    const end = this.#inString ? piece.length : piece.length - 1;
    this.#sink?.take(piece.subarray(begin, end));
  }

  /** @param last the value's bytes in the current chunk */
  #finish(last: Uint8Array): void {
    const capture = this.#capture;
    const wentToSink = this.#feedsSink;
    this.#valueBytes = 0;
    this.#capture = "none";
    if (wentToSink) {
      this.#expect = "comma_or_end";
      return;
    }
    let bytes = last;
    if (this.#kept.length > 0) {
      this.#kept.append(last);
      bytes = this.#kept.take();
    }
    const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
    const top = this.#stack.at(-1);
    if (capture === "key") {
      if (top !== undefined) top.key = parseString(json);
      this.#expect = "colon";
      return;
    }
    this.#expect = top === undefined ? "nothing" : "comma_or_end";
    this.#values += 1;
    if (this.#values > this.#limits.maxValues)
      throw new JsonLimitError(`the response has more than ${this.#limits.maxValues} values`);
    this.#listener(top?.path ?? "", top?.key ?? "", json);
  }

  #unexpected(byte: number, at: number): never {
    const shown =
      byte >= 0x21 && byte <= 0x7e ? JSON.stringify(String.fromCharCode(byte)) : `byte 0x${byte.toString(16)}`;
    throw new JsonTextError(`unexpected ${shown} at byte ${this.#position + at}`);
  }
}

function parseString(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    throw new JsonTextError(`invalid key ${json.slice(0, 40)}`);
  }
}
