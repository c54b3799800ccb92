import { type FileHandle, open, stat } from "node:fs/promises";
import { CaptureError, fileError } from "./capture-error.ts";
import { type CaptureMetadata, encodeHeader, encodeRecord, MAX_METADATA_BYTES, recordBytes } from "./capture-format.ts";
import { packMember } from "./capture-member.ts";
import { readParts } from "./capture-reader.ts";
import { checkWritable, openToOwner } from "./recording-file.ts";
import { type Sleep, systemSleep } from "./sleep.ts";
import { type FeedMessage, isUnixSeconds, MAX_BODY_BYTES } from "./topic.ts";

/** Options of {@link openCaptureWriter}. */
export interface CaptureWriterOptions {
  /** What the recording says about itself; JSON, at most 64 KiB. Ignored when appending. */
  readonly metadata?: CaptureMetadata | undefined;
  /** What to do when the file is there: `fail` (default), `append` after cutting off a torn end, or `overwrite`. */
  readonly ifExists?: "fail" | "append" | "overwrite" | undefined;
  /** Most seconds a message stays in memory before it is in the file; default 1. What a crash can lose. */
  readonly flushIntervalSeconds?: number | undefined;
  /** The timer; default the system's. */
  readonly sleep?: Sleep | undefined;
}

/** Writes a capture file. */
export interface CaptureWriter {
  /** Takes a message. Resolves when it may be followed by another one: at once, unless the disk is behind. */
  write(message: FeedMessage): Promise<void>;
  /** Puts everything taken so far into the file. */
  flush(): Promise<void>;
  /** Flushes, waits until the disk has it, and closes. */
  close(): Promise<void>;
  /** Messages taken, and bytes in the file. */
  status(): { readonly messages: number; readonly fileBytes: number };
}

/** Messages gathered before they are packed: large enough to pack well, small enough to lose little. */
const PART_BYTES = 256 * 2 ** 10;
/** Unpacked bytes that may wait for the disk before `write` makes its caller wait. */
const MAX_PENDING_BYTES = 32 * 2 ** 20;

/**
 * Opens a capture file for writing.
 * @throws {CaptureError} `exists`, `write_failed`, `invalid_option`; with `append` also what {@link readCapture} throws.
 */
export async function openCaptureWriter(path: string, options: CaptureWriterOptions = {}): Promise<CaptureWriter> {
  const seconds = options.flushIntervalSeconds ?? 1;
  if (!(seconds > 0 && seconds <= 3600))
    throw new CaptureError("invalid_option", "", `flushIntervalSeconds must be in (0, 3600], not ${seconds}`);
  const ifExists = options.ifExists ?? "fail";
  await checkWritable(path, ifExists);
  const appendAt = ifExists === "append" ? await endOfCapture(path) : null;
  const header = encodeHeader(options.metadata ?? {});
  if (header.length > MAX_METADATA_BYTES)
    throw new CaptureError("invalid_option", "", "metadata must not exceed 64 KiB of JSON");
  let file: FileHandle;
  try {
    file = await open(path, appendAt !== null ? "r+" : ifExists === "overwrite" ? "w" : "wx");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST")
      throw new CaptureError("exists", path, "the file exists: name another one, or ask to append or overwrite", {
        cause,
      });
    throw fileError("write_failed", path, cause);
  }
  const writer = new FileCaptureWriter(path, file, appendAt ?? 0, seconds * 1000, options.sleep ?? systemSleep);
  try {
    if (appendAt !== null && appendAt > 0) await file.truncate(appendAt);
    else {
      await openToOwner(file);
      await writer.writePart(header);
    }
  } catch (cause) {
    await file.close();
    throw cause instanceof CaptureError ? cause : fileError("write_failed", path, cause);
  }
  return writer;
}

/** @returns where the last whole part of an existing capture ends; null when there is no file. */
async function endOfCapture(path: string): Promise<number | null> {
  try {
    // An empty file has no header yet: it is begun like a new one.
    if ((await stat(path)).size === 0) return 0;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw fileError("read_failed", path, cause);
  }
  let end = 0;
  for await (const part of readParts(path, {})) {
    // Reads them all: to a file with damaged records none are added.
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
    if ("rawBytes" in message && message.rawBytes.length > MAX_BODY_BYTES)
      throw new CaptureError(
        "invalid_option",
        this.#path,
        `a message of ${message.rawBytes.length} bytes, longer than any block`,
      );
    if (!isUnixSeconds(message.timestamp))
      throw new CaptureError("invalid_option", this.#path, `timestamp must be Unix seconds, not ${message.timestamp}`);
    const size = recordBytes(message);
    if (this.#filled > 0 && this.#filled + size > this.#buffer.length) this.#dispatch();
    if (size > this.#buffer.length) this.#buffer = new Uint8Array(size);
    this.#filled = encodeRecord(message, this.#buffer, this.#filled);
    this.#messages += 1;
    if (!this.#flushTimerRuns) void this.#flushLater();
    if (this.#pendingBytes > MAX_PENDING_BYTES) await this.#settled();
  }

  async flush(): Promise<void> {
    this.#dispatch();
    await this.#settled();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    try {
      this.#dispatch();
      await this.#settled();
      await this.#file.sync();
    } catch (cause) {
      throw cause instanceof CaptureError ? cause : fileError("write_failed", this.#path, cause);
    } finally {
      await this.#file.close();
    }
  }

  /** Packs and writes one part. Each goes to its own place, so that one that failed half-way is written over. */
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

  async #settled(): Promise<void> {
    await this.#tail;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Hands the gathered records over to be packed and written, in order. */
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

  /** Leaves the file whole up to the last part that went through. */
  async #fail(cause: unknown): Promise<void> {
    this.#failure = fileError("write_failed", this.#path, cause);
    // The torn rest is cut off here if the system still allows it, and by the reader otherwise.
    await this.#file.truncate(this.#fileBytes).catch(() => {});
  }

  async #flushLater(): Promise<void> {
    this.#flushTimerRuns = true;
    try {
      await this.#sleep(this.#flushMilliseconds, this.#closing.signal);
    } catch (error) {
      // Closing flushes; a timer that fails otherwise must not leave messages in memory for ever.
      if (!this.#closing.signal.aborted) await this.#fail(error);
      return;
    } finally {
      this.#flushTimerRuns = false;
    }
    this.#dispatch();
  }
}
