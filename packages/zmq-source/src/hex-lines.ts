import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { CaptureError, fileError } from "./capture-error.ts";
import type { RawTransactionMessage } from "./topic.ts";

/** Options of {@link readHexLines}. */
export interface HexLinesOptions {
  /** Seconds over which the transactions are spread evenly, the first at the beginning and the last at the end; default 1800. */
  readonly spanSeconds?: number | undefined;
  /** When the first transaction arrived, Unix seconds. */
  readonly startTime: number;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** A block's worth of bytes: no transaction is longer. */
const MAX_TRANSACTION_BYTES = 4_000_000;
const LEAST_TRANSACTION_BYTES = 10;
const NEWLINE = 0x0a;

/**
 * The transactions of a file with one raw transaction in hex per line, packed with gzip or not. Such a file knows no
 * times, so they are spread over a span. Empty lines are left out; counters number the transactions from 0.
 * @throws {CaptureError} `invalid_line`, `empty`, `damaged`, `read_failed`, `invalid_option`, on iteration. Nothing is given before the
 * whole file has been looked through once, so a wrong file is refused before its first transaction.
 */
export async function* readHexLines(
  path: string,
  options: HexLinesOptions,
): AsyncGenerator<RawTransactionMessage, void, undefined> {
  const { startTime, spanSeconds = 1800, signal } = options;
  if (!Number.isFinite(startTime))
    throw new CaptureError("invalid_option", "", "startTime must be a Unix time in seconds");
  if (!(spanSeconds >= 0 && Number.isFinite(spanSeconds)))
    throw new CaptureError("invalid_option", "", `spanSeconds must be 0 or more, not ${spanSeconds}`);
  let count = 0;
  for await (const { text, line } of textLines(path, signal)) {
    checkLine(path, text, line);
    count += 1;
  }
  if (signal?.aborted) return;
  if (count === 0) throw new CaptureError("empty", path, "the file holds no transaction");
  const step = count > 1 ? spanSeconds / (count - 1) : 0;
  let counter = 0;
  for await (const { text } of textLines(path, signal)) {
    const rawBytes = new Uint8Array(Buffer.from(text, "hex"));
    yield { topic: "rawtx", rawBytes, timestamp: startTime + counter * step, counter };
    counter += 1;
  }
}

function checkLine(path: string, text: string, line: number): void {
  const refuse = (problem: string): never => {
    throw new CaptureError("invalid_line", path, problem, { line });
  };
  const strange = /[^0-9a-fA-F]/.exec(text);
  if (strange !== null) refuse(`not hex: ${JSON.stringify(strange[0])} at column ${strange.index + 1}`);
  if (text.length % 2 !== 0) refuse(`an odd number of hex digits (${text.length})`);
  if (text.length < LEAST_TRANSACTION_BYTES * 2) refuse(`${text.length / 2} bytes are no transaction`);
}

interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** The lines of a file that are not empty, unpacked when it begins like a gzip file, whatever its name. */
async function* textLines(path: string, signal: AbortSignal | undefined): AsyncGenerator<TextLine, void, undefined> {
  const packed = await beginsLikeGzip(path);
  const source = createReadStream(path, { highWaterMark: 2 ** 16 });
  const bytes = packed ? source.pipe(createGunzip()) : source;
  if (packed) source.on("error", (error) => bytes.destroy(error));
  let rest: Buffer[] = [];
  let restLength = 0;
  let line = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      if (signal?.aborted) return;
      let begin = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, begin)) {
        line += 1;
        const text = Buffer.concat([...rest, chunk.subarray(begin, end)])
          .toString("latin1")
          .trim();
        rest = [];
        restLength = 0;
        begin = end + 1;
        if (text !== "") yield { text, line };
      }
      rest.push(chunk.subarray(begin));
      restLength += chunk.length - begin;
      if (restLength > MAX_TRANSACTION_BYTES * 2 + 2)
        throw new CaptureError("invalid_line", path, "longer than any transaction", { line: line + 1 });
    }
  } catch (cause) {
    throw cause instanceof CaptureError ? cause : readFailure(path, cause);
  } finally {
    source.destroy();
    bytes.destroy();
  }
  const text = Buffer.concat(rest).toString("latin1").trim();
  if (text !== "") yield { text, line: line + 1 };
}

function readFailure(path: string, cause: unknown): CaptureError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (!code.startsWith("Z_")) return fileError("read_failed", path, cause);
  return new CaptureError("damaged", path, "the gzip data is damaged or ends too early", { cause });
}

async function beginsLikeGzip(path: string): Promise<boolean> {
  const head = await readHead(path, 2);
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The first bytes of a file. @throws {CaptureError} `read_failed`. */
export async function readHead(path: string, length: number): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw fileError("read_failed", path, cause);
  }
}
