import { constants, createGunzip, gunzipSync } from "node:zlib";
import { CaptureError, fileError } from "./capture-error.ts";
import { openRecording } from "./recording-file.ts";
import { otherEncoding, utf8MarkBytes } from "./text-encoding.ts";

/** A trimmed, non-empty line. */
export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** Limits against small gzip files that unpack to an endless line or to endless empty lines. */
export interface TextLimits {
  readonly maxLineLength: number;
  /** Maximum bytes between two non-empty lines. */
  readonly maxBlankBytes: number;
}

const CHUNK_BYTES = 2 ** 16;
const HEAD_BYTES = 4096;

/**
 * Yields the non-empty lines of a text file. Unpacks gzip, detected by content. Lines end with LF,
 * CRLF or CR; a UTF-8 byte order mark is skipped. Each byte is read as one character, because valid
 * files are ASCII.
 *
 * @throws {CaptureError} `not_a_recording` for another encoding, `invalid_line` beyond a limit,
 *   `damaged`, `read_failed`.
 */
export async function* textLines(
  path: string,
  limits: TextLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<TextLine, void, undefined> {
  const head = (await readTextHead(path)) ?? new Uint8Array(0);
  const encoding = otherEncoding(head);
  if (encoding !== null) throw wrongEncoding(path, encoding);
  let skip = utf8MarkBytes(head);
  let rest = "";
  let line = 0;
  let blankBytes = 0;
  let endedInReturn = false;
  for await (const chunk of unpackedChunks(path)) {
    if (signal?.aborted) return;
    let text = chunk.toString("latin1", skip);
    skip = Math.max(0, skip - chunk.length);
    // The LF of a CRLF that was split between two chunks.
    if (endedInReturn && text.startsWith("\n")) text = text.slice(1);
    endedInReturn = text.endsWith("\r") || (endedInReturn && text === "");
    const lines = text.split(/\r\n?|\n/);
    blankBytes += chunk.length;
    for (const [index, piece] of lines.entries()) {
      const whole = index === 0 ? rest + piece : piece;
      if (whole.length > limits.maxLineLength)
        throw new CaptureError("invalid_line", path, "longer than the largest transaction", { line: line + 1 });
      rest = whole;
      if (index === lines.length - 1) break;
      line += 1;
      rest = "";
      const trimmed = whole.trim();
      if (trimmed === "") continue;
      blankBytes = 0;
      yield { text: trimmed, line };
    }
    if (blankBytes > limits.maxBlankBytes + rest.length)
      throw new CaptureError("invalid_line", path, `${blankBytes} bytes without a transaction`, { line: line + 1 });
  }
  const last = rest.trim();
  if (last !== "") yield { text: last, line: line + 1 };
}

export const wrongEncoding = (path: string, encoding: string): CaptureError =>
  new CaptureError("not_a_recording", path, `the text is ${encoding}: save it as UTF-8 or ASCII`);

/**
 * The first bytes of a text, unpacked; null if they cannot be unpacked.
 *
 * @throws {CaptureError} `read_failed`.
 */
export async function readTextHead(path: string): Promise<Uint8Array | null> {
  const head = await readHead(path, HEAD_BYTES);
  if (!isGzip(head)) return head;
  try {
    // Z_SYNC_FLUSH, because the data continues after the head. Deflate expands a byte to at most
    // 1,032.
    const finishFlush = constants.Z_SYNC_FLUSH;
    return gunzipSync(head, { finishFlush, maxOutputLength: HEAD_BYTES * 1100 }).subarray(0, HEAD_BYTES);
  } catch {
    return null;
  }
}

async function* unpackedChunks(path: string): AsyncGenerator<Buffer, void, undefined> {
  const packed = isGzip(await readHead(path, 2));
  const source = (await openRecording(path)).createReadStream({ highWaterMark: CHUNK_BYTES });
  const bytes = packed ? source.pipe(createGunzip()) : source;
  if (packed) source.on("error", (error) => bytes.destroy(error));
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) yield chunk;
  } catch (cause) {
    throw readFailure(path, cause);
  } finally {
    source.destroy();
    bytes.destroy();
  }
}

function readFailure(path: string, cause: unknown): CaptureError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (!code.startsWith("Z_")) return fileError("read_failed", path, cause);
  return new CaptureError("damaged", path, "the gzip data is damaged or truncated", { cause });
}

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The first bytes of a file. @throws {CaptureError} `read_failed`. */
export async function readHead(path: string, length: number): Promise<Uint8Array> {
  const file = await openRecording(path);
  try {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await file.read(bytes, 0, length, 0);
    return bytes.subarray(0, bytesRead);
  } catch (cause) {
    throw fileError("read_failed", path, cause);
  } finally {
    await file.close();
  }
}
