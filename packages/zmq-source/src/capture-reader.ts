import type { FileHandle } from "node:fs/promises";
import { checkCaptureOptions } from "./argument.ts";
import { CaptureError, fileError } from "./capture-error.ts";
import {
  CAPTURE_VERSION,
  type CaptureMetadata,
  decodeHeader,
  decodeRecords,
  MEMBER_HEAD_BYTES,
  memberSignature,
} from "./capture-format.ts";
import { memberLength, unpackMember } from "./capture-member.ts";
import { openRecording } from "./recording-file.ts";
import type { FeedMessage } from "./topic.ts";

/** The end of the file is incomplete and was skipped. */
export interface TornEndEvent {
  readonly type: "torn_end";
  /** The file is complete up to this byte. */
  readonly offset: number;
  /** Skipped bytes after it: an interrupted write, or one in progress. */
  readonly bytes: number;
}

/** Options of {@link readCapture}. */
export interface ReadCaptureOptions {
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
  /** Called if the end of the file is incomplete. */
  readonly onEvent?: ((event: TornEndEvent) => void) | undefined;
}

/** A capture file's header. */
export interface CaptureHeader {
  readonly version: number;
  readonly metadata: CaptureMetadata;
}

/**
 * Reads the messages of a capture in recorded order, exactly as received. The file may still be
 * growing: complete messages are read, and an incomplete end is skipped and reported to `onEvent`.
 *
 * @throws {CaptureError} `empty`, `not_a_recording`, `unsupported_version`, `damaged`,
 *   `read_failed`, on iteration.
 */
export async function* readCapture(
  path: string,
  options: ReadCaptureOptions = {},
): AsyncGenerator<FeedMessage, void, undefined> {
  checkCaptureOptions(options, { signal: "signal", onEvent: "function" });
  for await (const part of readParts(path, options)) {
    if (part.kind !== "records") continue;
    for (const message of part.messages) {
      if (options.signal?.aborted) return;
      yield message;
    }
  }
}

/** Reads only a capture's header. @throws {CaptureError} as {@link readCapture}. */
export async function readCaptureHeader(path: string): Promise<CaptureHeader> {
  for await (const part of readParts(path, {})) if (part.kind === "header") return part.header;
  throw noHeader(path);
}

type Part =
  | { readonly kind: "header"; readonly header: CaptureHeader; readonly end: number }
  /** Iterating throws if a message is damaged. */
  | { readonly kind: "records"; readonly messages: Iterable<FeedMessage>; readonly end: number };

/** Yields the verified members of a capture, each with its end offset. */
export async function* readParts(path: string, options: ReadCaptureOptions): AsyncGenerator<Part, void, undefined> {
  const file = await openRecording(path);
  try {
    let offset = 0;
    for (;;) {
      if (options.signal?.aborted) return;
      const member = await readMember(file, path, offset);
      if (member === null && offset === 0) throw new CaptureError("empty", path, "the file is empty");
      if (member === null) return;
      const end = offset + member.length;
      const content = member.whole ? await unpackMember(member.bytes) : null;
      if (content === null) {
        await throwIfDamaged(
          file,
          path,
          offset,
          member.whole ? "a part cannot be unpacked" : "a part is truncated",
          options,
        );
        if (offset === 0) throw noHeader(path);
        const { size } = await file.stat();
        options.onEvent?.({ type: "torn_end", offset, bytes: Math.max(0, size - offset) });
        return;
      }
      yield offset === 0
        ? headerPart(path, content, end)
        : { kind: "records", messages: messagesOf(path, content, offset), end };
      offset = end;
    }
  } finally {
    await file.close();
  }
}

function headerPart(path: string, content: Uint8Array, end: number): Part {
  const header = decodeHeader(content);
  if ("problem" in header) throw new CaptureError("not_a_recording", path, header.problem);
  if (header.version !== CAPTURE_VERSION) {
    const problem = `a capture of format version ${header.version}; this program supports version ${CAPTURE_VERSION}: update it`;
    throw new CaptureError("unsupported_version", path, problem);
  }
  return { kind: "header", header, end };
}

function* messagesOf(path: string, content: Uint8Array, offset: number): Generator<FeedMessage, void, undefined> {
  const bad = yield* decodeRecords(content);
  if (bad !== null) throw new CaptureError("damaged", path, `${bad.problem} (part's byte ${bad.at})`, { offset });
}

const noHeader = (path: string): CaptureError =>
  new CaptureError("not_a_recording", path, "the file ends inside its header: nothing was recorded");

interface Member {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly whole: boolean;
}

/** @returns the member at `offset`, possibly truncated by the end of the file; null at the end */
async function readMember(file: FileHandle, path: string, offset: number): Promise<Member | null> {
  const head = await readAt(file, path, offset, MEMBER_HEAD_BYTES);
  if (head.length === 0) return null;
  const length = head.length < MEMBER_HEAD_BYTES ? null : memberLength(head);
  if (length === null) {
    if (offset === 0 && !memberSignature.slice(0, head.length).every((byte, index) => head[index] === byte))
      throw new CaptureError("not_a_recording", path, "not a capture file");
    return { bytes: head, length: head.length, whole: false };
  }
  const bytes = await readAt(file, path, offset, length);
  return { bytes, length, whole: bytes.length === length };
}

const SEARCH_BYTES = 2 ** 20;
/**
 * Maximum number of possible members to try after damaged bytes. Each may cost a full unpacking.
 */
const MAX_TRIES = 64;

/**
 * Throws if damaged bytes are in the middle of the file, where skipping them would hide lost
 * messages. They are in the middle if a complete member follows; a crash leaves a truncated member
 * or zeros.
 */
async function throwIfDamaged(
  file: FileHandle,
  path: string,
  offset: number,
  problem: string,
  { signal }: ReadCaptureOptions,
): Promise<void> {
  let tries = 0;
  for (let at = offset + 1; signal?.aborted !== true; at += SEARCH_BYTES) {
    const bytes = Buffer.from(await readAt(file, path, at, SEARCH_BYTES + memberSignature.length - 1));
    if (bytes.length < memberSignature.length) return;
    for (let found = bytes.indexOf(memberSignature); found !== -1; found = bytes.indexOf(memberSignature, found + 1)) {
      const member = await readMember(file, path, at + found);
      const isWhole = member?.whole === true && (await unpackMember(member.bytes)) !== null;
      if (!isWhole && ++tries < MAX_TRIES) continue;
      const more = isWhole ? `more records follow at byte ${at + found}` : "more damaged parts follow";
      throw new CaptureError("damaged", path, `${problem}, and ${more}`, { offset });
    }
  }
}

async function readAt(file: FileHandle, path: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    let bytesRead: number;
    try {
      ({ bytesRead } = await file.read(bytes, filled, length - filled, offset + filled));
    } catch (cause) {
      throw fileError("read_failed", path, cause);
    }
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
