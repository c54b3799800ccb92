import { gunzipSync } from "node:zlib";
import { CaptureError } from "./capture-error.ts";
import { MEMBER_HEAD_BYTES, memberSignature } from "./capture-format.ts";
import { readHead } from "./hex-lines.ts";

/** The two kinds of files that can be replayed. */
export type RecordingKind = "capture" | "hex_lines";

/**
 * Tells by a file's first bytes, not by its name, how to read it.
 * @throws {CaptureError} `not_a_recording`, `empty`, `read_failed`.
 */
export async function recognizeRecording(path: string): Promise<RecordingKind> {
  const head = await readHead(path, 4096);
  if (head.length === 0) throw new CaptureError("empty", path, "the file is empty");
  if (head.length >= MEMBER_HEAD_BYTES && memberSignature.every((byte, index) => head[index] === byte))
    return "capture";
  const text = head[0] === 0x1f && head[1] === 0x8b ? unpackedBeginning(path, head) : head;
  if (/^\s*[0-9a-f]{20,}(?:\s|$)/i.test(Buffer.from(text).toString("latin1"))) return "hex_lines";
  throw notARecording(path);
}

function unpackedBeginning(path: string, head: Uint8Array): Uint8Array {
  try {
    // Z_SYNC_FLUSH: the beginning of a longer file is not the end of its data.
    return gunzipSync(head, { finishFlush: 2, maxOutputLength: 2 ** 20 });
  } catch (cause) {
    throw notARecording(path, cause);
  }
}

const notARecording = (path: string, cause?: unknown): CaptureError =>
  new CaptureError(
    "not_a_recording",
    path,
    "it is neither a capture nor a list of raw transactions in hex, one per line",
    cause === undefined ? {} : { cause },
  );
