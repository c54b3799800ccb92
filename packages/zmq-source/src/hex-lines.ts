import { checkCaptureOptions, checkPath } from "./argument.ts";
import { CaptureError } from "./capture-error.ts";
import { type TextLimits, textLines } from "./text-lines.ts";
import { isUnixSeconds, MAX_BODY_BYTES, type RawTransactionMessage } from "./topic.ts";

/** Options of {@link readHexLines}. */
export interface HexLinesOptions {
  /** Seconds over which the transactions are spread evenly, first to last; default 1800. */
  readonly spanSeconds?: number | undefined;
  /** Time of the first transaction, Unix seconds. */
  readonly startTime: number;
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
}

const MIN_TRANSACTION_BYTES = 10;
/** Allows whitespace around the largest transaction. */
const limits: TextLimits = { maxLineLength: 2 * MAX_BODY_BYTES + 1024, maxBlankBytes: 64 * 2 ** 20 };

/**
 * Reads a file with one raw transaction in hex per line, gzipped or not. The file has no times, so
 * the transactions are spread over `spanSeconds`. Empty lines are skipped; counters start at 0.
 * Line ends may be LF, CRLF or CR, and a UTF-8 byte order mark is skipped. The whole file is
 * checked before the first transaction is yielded.
 *
 * @throws {CaptureError} `invalid_line`, `empty`, `damaged`, `not_a_recording` (UTF-16),
 *   `read_failed`, `invalid_option`, on iteration
 */
export async function* readHexLines(
  path: string,
  options: HexLinesOptions,
): AsyncGenerator<RawTransactionMessage, void, undefined> {
  checkPath(path);
  checkCaptureOptions(options, { startTime: "any", spanSeconds: "any", signal: "signal" });
  const { startTime, spanSeconds = 1800, signal } = options;
  if (!isUnixSeconds(startTime))
    throw new CaptureError("invalid_option", "", `startTime must be Unix seconds, not ${startTime}`);
  if (!(spanSeconds >= 0 && isUnixSeconds(startTime + spanSeconds)))
    throw new CaptureError(
      "invalid_option",
      "",
      `spanSeconds must be 0 or more and end before 2106, not ${spanSeconds}`,
    );
  let count = 0;
  for await (const { text, line } of textLines(path, limits, signal)) {
    checkLine(path, text, line);
    count += 1;
  }
  if (signal?.aborted) return;
  if (count === 0) throw new CaptureError("empty", path, "the file has no transactions");
  const step = count > 1 ? spanSeconds / (count - 1) : 0;
  let counter = 0;
  for await (const { text } of textLines(path, limits, signal)) {
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
  if (text.length > 2 * MAX_BODY_BYTES) refuse("longer than the largest transaction");
  if (text.length % 2 !== 0) refuse(`an odd number of hex digits (${text.length})`);
  if (text.length < MIN_TRANSACTION_BYTES * 2) refuse(`${text.length / 2} bytes are too short for a transaction`);
}
