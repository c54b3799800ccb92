import { type FileHandle, open, stat } from "node:fs/promises";
import { checkCaptureOptions, checkPath } from "./argument.ts";
import { CaptureError, fileError } from "./capture-error.ts";
import { type CaptureMetadata, encodeHeader, encodeRecord, MAX_METADATA_BYTES, recordBytes } from "./capture-format.ts";
import { packMember } from "./capture-member.ts";
import { readParts } from "./capture-reader.ts";
import { problemOf } from "./message-check.ts";
import { checkWritable, ensureOwnerAccess } from "./recording-file.ts";
import { type Sleep, systemSleep } from "./sleep.ts";
import type { FeedMessage } from "./topic.ts";

/** Options of {@link openCaptureWriter}. */
export interface CaptureWriterOptions {
  /** Metadata of the recording: JSON of at most 64 KiB. Ignored when appending. */
  readonly metadata?: CaptureMetadata | undefined;
  /**
   * If the file exists: `fail` (default), `append` after removing an incomplete end, or
   * `overwrite`.
   */
  readonly ifExists?: "fail" | "append" | "overwrite" | undefined;
  /** Maximum time a message stays in memory, which is what a crash can lose. Seconds; default 1. */
  readonly flushIntervalSeconds?: number | undefined;
  /** Timer. Default: the system's. */
  readonly sleep?: Sleep | undefined;
}

/** Writes a capture file. */
export interface CaptureWriter {
  /** Queues a message. Resolves at once, unless the disk is too slow. */
  write(message: FeedMessage): Promise<void>;
  /** Writes all queued messages to the file. */
  flush(): Promise<void>;
  /** Flushes, syncs to disk and closes. */
  close(): Promise<void>;
  /** Number of messages passed to `write`, and size of the file. */
  status(): { readonly messages: number; readonly fileBytes: number };
}

/** Bytes collected before packing: enough to compress well, few enough to lose little. */
const PART_BYTES = 256 * 2 ** 10;
/** Unpacked bytes that may wait for the disk before `write` applies backpressure. */
const MAX_PENDING_BYTES = 32 * 2 ** 20;

/**
 * Opens a capture file for writing.
 *
 * @throws {CaptureError} `exists`, `write_failed`, `invalid_option`; with `append` also what {@link
 *   readCapture} throws.
 */
export async function openCaptureWriter(path: string, options: CaptureWriterOptions = {}): Promise<CaptureWriter> {
  checkPath(path);
  checkCaptureOptions(options, { metadata: "object", ifExists: "any", flushIntervalSeconds: "any", sleep: "function" });
  const seconds = options.flushIntervalSeconds ?? 1;
  if (!(seconds > 0 && seconds <= 3600))
    throw new CaptureError("invalid_option", "", `flushIntervalSeconds must be in (0, 3600], not ${seconds}`);
  const ifExists = options.ifExists ?? "fail";
  if (!["fail", "append", "overwrite"].includes(ifExists))
    throw new CaptureError("invalid_option", "", `ifExists must be fail, append or overwrite, not ${String(ifExists)}`);
  await checkWritable(path, ifExists);
  const appendAt = ifExists === "append" ? await endOfCapture(path) : null;
  const header = headerOf(options.metadata ?? {});
  if (header.length > MAX_METADATA_BYTES)
    throw new CaptureError("invalid_option", "", "metadata must not exceed 64 KiB of JSON");
  let file: FileHandle;
  try {
    file = await open(path, appendAt !== null ? "r+" : ifExists === "overwrite" ? "w" : "wx");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST")
      throw new CaptureError("exists", path, "the file exists: choose another path, append or overwrite", {
        cause,
      });
    throw fileError("write_failed", path, cause);
  }
  const writer = new FileCaptureWriter(path, file, appendAt ?? 0, seconds * 1000, options.sleep ?? systemSleep);
  try {
    if (appendAt !== null && appendAt > 0) await file.truncate(appendAt);
    else {
      await ensureOwnerAccess(file);
      await writer.writePart(header);
    }
  } catch (cause) {
    await file.close();
    throw cause instanceof CaptureError ? cause : fileError("write_failed", path, cause);
  }
  return writer;
}

function headerOf(metadata: CaptureMetadata): Uint8Array {
  try {
    return encodeHeader(metadata);
  } catch (cause) {
    throw new CaptureError("invalid_option", "", "metadata must be an object that JSON has", { cause });
  }
}

/** @returns the end of the last complete part of an existing capture; null if there is no file */
async function endOfCapture(path: string): Promise<number | null> {
  try {
    // An empty file has no header: treat it like a new one.
    if ((await stat(path)).size === 0) return 0;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw fileError("read_failed", path, cause);
  }
  let end = 0;
  for await (const part of readParts(path, {})) {
    // Reads all records, so that nothing is appended to a damaged file.
    if (part.kind === "records") for (const _ of part.messages);
    end = part.end;
  }
  return end;
}

class FileCaptureWriter implements CaptureWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #flushMilliseconds: number;
  readonly #sleep: Sleep;
  readonly #closing = new AbortController();
  #fileBytes: number;
  #messages = 0;
  #buffer = new Uint8Array(PART_BYTES);
  #filled = 0;
  #pendingBytes = 0;
  #tail: Promise<void> = Promise.resolve();
  #failure: CaptureError | null = null;
  #flushTimerRuns = false;
  #closed: Promise<void> | null = null;

  constructor(path: string, file: FileHandle, fileBytes: number, flushMilliseconds: number, sleep: Sleep) {
    this.#path = path;
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#flushMilliseconds = flushMilliseconds;
    this.#sleep = sleep;
  }

  status(): { messages: number; fileBytes: number } {
    return { messages: this.#messages, fileBytes: this.#fileBytes };
  }

  async write(message: FeedMessage): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#closed !== null) throw new CaptureError("closed", this.#path, "the capture is closed");
    const problem = problemOf(message);
    if (problem !== null) throw new CaptureError("invalid_option", this.#path, problem);
    const size = recordBytes(message);
    if (this.#filled > 0 && this.#filled + size > this.#buffer.length) this.#dispatch();
    if (size > this.#buffer.length) this.#buffer = new Uint8Array(size);
    this.#filled = encodeRecord(message, this.#buffer, this.#filled);
    this.#messages += 1;
    if (!this.#flushTimerRuns) void this.#flushLater();
    if (this.#pendingBytes > MAX_PENDING_BYTES) await this.#written();
  }

  async flush(): Promise<void> {
    this.#dispatch();
    await this.#written();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    try {
      this.#dispatch();
      await this.#written();
      await this.#file.sync();
    } catch (cause) {
      throw cause instanceof CaptureError ? cause : fileError("write_failed", this.#path, cause);
    } finally {
      await this.#file.close();
    }
  }

  /**
   * Packs and writes one part at a fixed offset, so that the next one overwrites a partial write.
   */
  async writePart(content: Uint8Array): Promise<void> {
    const member = await packMember(content);
    let written = 0;
    while (written < member.length) {
      const { bytesWritten } = await this.#file.write(
        member,
        written,
        member.length - written,
        this.#fileBytes + written,
      );
      written += bytesWritten;
    }
    this.#fileBytes += member.length;
  }

  async #written(): Promise<void> {
    await this.#tail;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Packs and writes the collected records in the background, in order. */
  #dispatch(): void {
    if (this.#filled === 0) return;
    const content = this.#buffer.subarray(0, this.#filled);
    this.#buffer = new Uint8Array(PART_BYTES);
    this.#filled = 0;
    this.#pendingBytes += content.length;
    this.#tail = this.#tail.then(async () => {
      if (this.#failure === null) await this.writePart(content).catch((cause: unknown) => this.#fail(cause));
      this.#pendingBytes -= content.length;
    });
  }

  /** Restores the file to its last complete part. */
  async #fail(cause: unknown): Promise<void> {
    this.#failure = fileError("write_failed", this.#path, cause);
    // If truncating fails too, the reader skips the incomplete end.
    await this.#file.truncate(this.#fileBytes).catch(() => {});
  }

  async #flushLater(): Promise<void> {
    this.#flushTimerRuns = true;
    try {
      await this.#sleep(this.#flushMilliseconds, this.#closing.signal);
    } catch (error) {
      // Closing flushes. Any other timer failure must not leave messages in memory.
      if (!this.#closing.signal.aborted) await this.#fail(error);
      return;
    } finally {
      this.#flushTimerRuns = false;
    }
    this.#dispatch();
  }
}
