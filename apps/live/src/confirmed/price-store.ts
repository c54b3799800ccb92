import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { budgets } from "../config/budgets.ts";
import { type PriceRecord, PriceRecordSchema } from "./price-record.ts";
import { StoreError } from "./store-error.ts";

/** Compiled for speed: two years of blocks are 100,000 records. */
const priceRecord = TypeCompiler.Compile(PriceRecordSchema);

/** First line of the file. A file without it is not a price file. */
const HEADER = Buffer.from("utxoracle-live confirmed prices 1\n");
const CHUNK_BYTES = 262_144;
/** Maximum length of a record, and of an incomplete one after a kill. */
const LINE_MAX_BYTES = 4096;
const NEW_LINE = 0x0a;

/** Content of a price file when it was opened. */
export interface StoredPrices {
  readonly records: readonly PriceRecord[];
  /** Number of lines with a wrong checksum; they stay in the file and are ignored. */
  readonly damagedLines: number;
  /** Whether the last record was incomplete (kill, full disk). It was removed. */
  readonly wasTorn: boolean;
  /** Bytes at the start that were not read, because the file exceeds the limit. */
  readonly skippedBytes: number;
}

/**
 * An append-only file with one record per line, after its CRC-32. A record interrupted by a kill is
 * removed at the next start. A file of another program is refused and not changed.
 */
export class PriceStore {
  readonly stored: StoredPrices;
  readonly #descriptor: number;
  readonly #onSyncFailed: (error: Error) => void;
  #sync: "none" | "running" | "again" = "none";
  #isClosed = false;

  private constructor(descriptor: number, stored: StoredPrices, onSyncFailed: (error: Error) => void) {
    this.#descriptor = descriptor;
    this.stored = stored;
    this.#onSyncFailed = onSyncFailed;
  }

  /**
   * Opens the file; creates it and its folder if missing. Yields to the event loop while reading.
   * @param onSyncFailed called when `fdatasync` failed.
   * @param bytesRead maximum number of bytes to read, from the end of the file.
   * @throws {StoreError} if it is not a price file of this program; errors of the file system.
   */
  static async open(
    path: string,
    onSyncFailed: (error: Error) => void = () => undefined,
    bytesRead: number = budgets.storedPrices.bytes,
  ): Promise<PriceStore> {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openStoreFile(path);
    try {
      let { size } = fstatSync(descriptor);
      const isNew = size < HEADER.length;
      const start = readAt(descriptor, 0, Math.min(size, HEADER.length));
      checkHeader(path, start);
      if (isNew) {
        writeSync(descriptor, HEADER.subarray(start.length));
        fdatasyncSync(descriptor);
        // The directory entry of a new file must be durable too.
        syncFolder(dirname(path));
        size = HEADER.length;
      }
      const read = await readRecords(descriptor, size, bytesRead);
      if (read.tornBytes > LINE_MAX_BYTES)
        throw new StoreError("foreign", `${path} ends in ${read.tornBytes} bytes that are not a record: move it away`);
      if (read.tornBytes > 0) ftruncateSync(descriptor, size - read.tornBytes);
      const { records, damagedLines, skippedBytes } = read;
      const wasTorn = read.tornBytes > 0 || (isNew && start.length > 0);
      const stored = { records, damagedLines, wasTorn, skippedBytes };
      return new PriceStore(descriptor, stored, onSyncFailed);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /**
   * Appends a record. It survives a kill of this process at once, and a power loss after the next
   * `fdatasync`.
   */
  append(record: PriceRecord): void {
    const json = JSON.stringify(record);
    const line = Buffer.from(`${checksumOf(json)} ${json}\n`);
    const { size } = fstatSync(this.#descriptor);
    const written = writeSync(this.#descriptor, line);
    if (written < line.length) {
      // The next record must not continue the line of this incomplete one.
      ftruncateSync(this.#descriptor, size);
      throw new Error(`only ${written} of ${line.length} bytes were written`);
    }
    this.#syncSoon();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#sync !== "none") return;
    closeSync(this.#descriptor);
  }

  /** Runs `fdatasync` asynchronously, one call at a time: it can take seconds on a slow disk. */
  #syncSoon(): void {
    if (this.#sync !== "none") {
      this.#sync = "again";
      return;
    }
    this.#sync = "running";
    fdatasync(this.#descriptor, (error) => {
      const again = this.#sync === "again";
      this.#sync = "none";
      if (error !== null) this.#onSyncFailed(error);
      if (again) this.#syncSoon();
      else if (this.#isClosed) closeSync(this.#descriptor);
    });
  }
}

/**
 * Checks that a file is a price file, without changing it.
 * @throws {StoreError} if it is not; errors of the file system.
 */
export function checkStoreFile(path: string): void {
  const descriptor = openStoreFile(path);
  try {
    checkHeader(path, readAt(descriptor, 0, HEADER.length));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * @throws {StoreError} if a file does not start with the header, or with a part of it at its end.
 */
function checkHeader(path: string, start: Buffer): void {
  if (!start.equals(HEADER.subarray(0, start.length)))
    throw new StoreError(
      "foreign",
      `${path} is not a file of saved prices: move it away, or choose another --data-dir`,
    );
}

/** Opens a regular file to read and append. Does not follow links and does not block on a pipe. */
function openStoreFile(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "EMLINK")
      throw new StoreError("not_a_file", `${path} is a symbolic link: replace it by a regular file`, { cause });
    if (code === "EISDIR")
      throw new StoreError("not_a_file", `${path} is a folder: saved prices need a file there`, { cause });
    if (code === "ENXIO" || code === "ENODEV" || code === "EOPNOTSUPP")
      throw new StoreError("not_a_file", `${path} is not a regular file`, { cause });
    if (code === "EACCES" || code === "EPERM")
      throw new StoreError("unusable", `this user cannot read and write ${path}: change its permissions`, { cause });
    throw cause;
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new StoreError("not_a_file", `${path} is not a regular file`);
}

interface ReadRecords {
  readonly records: PriceRecord[];
  readonly damagedLines: number;
  /** Bytes after the last line break. */
  readonly tornBytes: number;
  readonly skippedBytes: number;
}

/** Reads the records in the last `bytesRead` bytes of a file. */
async function readRecords(descriptor: number, size: number, bytesRead: number): Promise<ReadRecords> {
  const records: PriceRecord[] = [];
  let damagedLines = 0;
  const first = Math.max(HEADER.length, size - bytesRead);
  const skippedBytes = first - HEADER.length;
  // Reading from the middle starts inside a line.
  let isPiece = skippedBytes > 0;
  let rest: Buffer = Buffer.alloc(0);
  /** Bytes of a too long line that were discarded. */
  let passedBytes = 0;
  for (let at = first; at < size; ) {
    const chunk = readAt(descriptor, at, Math.min(CHUNK_BYTES, size - at));
    if (chunk.length === 0) break;
    at += chunk.length;
    const bytes = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEW_LINE); end !== -1; end = bytes.indexOf(NEW_LINE, start)) {
      const isLong = passedBytes + end - start > LINE_MAX_BYTES;
      passedBytes = 0;
      const record = isLong ? null : recordOf(bytes.toString("utf8", start, end));
      if (record !== null) records.push(record);
      else if (!isPiece) damagedLines++;
      isPiece = false;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LINE_MAX_BYTES) {
      passedBytes += rest.length;
      rest = Buffer.alloc(0);
    }
    await setImmediate();
  }
  return { records, damagedLines, tornBytes: passedBytes + rest.length, skippedBytes };
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let got = 0;
  for (let read = -1; read !== 0 && got < length; got += read)
    read = readSync(descriptor, bytes, got, length - got, position + got);
  return bytes.subarray(0, got);
}

/** The record of a line; null if the line is damaged. */
function recordOf(line: string): PriceRecord | null {
  const [checksum = "", json = ""] = [line.slice(0, 8), line.slice(9)];
  if (line[8] !== " " || checksumOf(json) !== checksum) return null;
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch {
    // The checksum matches, but it is not JSON.
    return null;
  }
  return priceRecord.Check(record) ? record : null;
}

const checksumOf = (text: string): string => crc32(text).toString(16).padStart(8, "0");

function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
