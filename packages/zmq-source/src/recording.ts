import { CaptureError } from "./capture-error.ts";
import { MEMBER_HEAD_BYTES, memberSignature } from "./capture-format.ts";
import { otherEncoding, utf8MarkBytes } from "./text-encoding.ts";
import { readHead, readTextHead, wrongEncoding } from "./text-lines.ts";

/** File formats that can be replayed. */
export type RecordingKind = "capture" | "hex_lines";

/**
 * Detects the format of a recording from its first bytes.
 *
 * @throws {CaptureError} `not_a_recording`, `empty`, `read_failed`.
 */
export async function recognizeRecording(path: string): Promise<RecordingKind> {
  const head = await readHead(path, 4096);
  if (head.length === 0) throw new CaptureError("empty", path, "the file is empty");
  if (head.length >= MEMBER_HEAD_BYTES && memberSignature.every((byte, index) => head[index] === byte))
    return "capture";
  const text = await readTextHead(path);
  if (text === null) throw notARecording(path);
  const encoding = otherEncoding(text);
  if (encoding !== null) throw wrongEncoding(path, encoding);
  // Only whitespace so far counts as a hex file: reading it reports `empty`.
  if (/^\s*(?:[0-9a-f]{20,}(?:\s|$)|$)/i.test(Buffer.from(text.subarray(utf8MarkBytes(text))).toString("latin1")))
    return "hex_lines";
  throw notARecording(path);
}

const notARecording = (path: string): CaptureError =>
  new CaptureError("not_a_recording", path, "neither a capture nor a list of raw transactions in hex, one per line");
