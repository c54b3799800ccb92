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

/** Compiled: a year of blocks is 100,000 records. */
const priceRecord = TypeCompiler.Compile(PriceRecordSchema);

/** The file's first line. A file without it is another program's. */
const HEADER = Buffer.from("utxoracle-live confirmed prices 1\n");
const CHUNK_BYTES = 262_144;
/** No record is longer, nor is what a kill leaves of one. */
const LINE_MAX_BYTES = 4096;
const NEW_LINE = 0x0a;

/** What a file of prices held when it was opened. */
export interface StoredPrices {
  readonly records: readonly PriceRecord[];
  /** Lines that were changed or broken after they were written; they are left where they are and not used. */
  readonly damagedLines: number;
  /** Whether the end was cut off in the middle of a record (a kill, a full disk); that piece was removed. */
  readonly wasTorn: boolean;
  /** Bytes at the start that were not read: the file is longer than what is held of it. */
  readonly skippedBytes: number;
}

/**
 * A file that only grows: one record a line, its CRC-32 before it. A record is there in full or, after a kill in the
 * middle of its writing, not at all. A file that this program did not make is refused and not touched.
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
   * Opens the file and makes it, and its folder, where they are missing. It is read in pieces, with pauses.
   * @param onSyncFailed called when the disk did not confirm what was written.
   * @param bytesRead at most, from the end of the file
   * @throws {StoreError} for what is not a file of this program; what the file system throws.
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
        // The name of a new file must last as its content does.
        syncFolder(dirname(path));
        size = HEADER.length;
      }
      const read = await readRecords(descriptor, size, bytesRead);
      if (read.tornBytes > LINE_MAX_BYTES)
        throw new StoreError("foreign", `${path} ends in ${read.tornBytes} bytes that are no record: move it away`);
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

  /** Adds a record. A kill of this process no longer harms it; the disk follows without anything waiting for it. */
  append(record: PriceRecord): void {
    const json = JSON.stringify(record);
    const line = Buffer.from(`${checksumOf(json)} ${json}\n`);
    const { size } = fstatSync(this.#descriptor);
    const written = writeSync(this.#descriptor, line);
    if (written < line.length) {
      // What comes next must not stand on the same line as a piece of this record.
      ftruncateSync(this.#descriptor, size);
      throw new Error(`the disk took ${written} of ${line.length} bytes`);
    }
    this.#syncSoon();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#sync !== "none") return;
    closeSync(this.#descriptor);
  }

  /** `fdatasync` can take seconds on a slow disk: it runs beside the event loop, one at a time. */
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
 * Looks whether a file can be a store, without changing it.
 * @throws {StoreError}; what the file system throws.
 */
export function checkStoreFile(path: string): void {
  const descriptor = openStoreFile(path);
  try {
    checkHeader(path, readAt(descriptor, 0, HEADER.length));
  } finally {
    closeSync(descriptor);
  }
}

/** @throws {StoreError} when a file does not start as one of this program, or as far as it goes. */
function checkHeader(path: string, start: Buffer): void {
  if (!start.equals(HEADER.subarray(0, start.length)))
    throw new StoreError("foreign", `${path} is not a file of kept prices: move it away, or choose another --data-dir`);
}

/** Opens a regular file to read and append; neither follows a link nor waits for the other end of a pipe. */
function openStoreFile(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "EMLINK")
      throw new StoreError("not_a_file", `${path} is a symbolic link: put the file itself there`, { cause });
    if (code === "EISDIR")
      throw new StoreError("not_a_file", `${path} is a folder: kept prices need a file there`, { cause });
    if (code === "ENXIO" || code === "ENODEV" || code === "EOPNOTSUPP")
      throw new StoreError("not_a_file", `${path} is not a regular file`, { cause });
    if (code === "EACCES" || code === "EPERM")
      throw new StoreError("unusable", `${path} may not be read and written by this user`, { cause });
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

/** Reads the records in the last bytes of a file. */
async function readRecords(descriptor: number, size: number, bytesRead: number): Promise<ReadRecords> {
  const records: PriceRecord[] = [];
  let damagedLines = 0;
  const first = Math.max(HEADER.length, size - bytesRead);
  const skippedBytes = first - HEADER.length;
  // The first line of a later start is a piece of one.
  let isPiece = skippedBytes > 0;
  let rest: Buffer = Buffer.alloc(0);
  /** Bytes of an endless line that are not held. */
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

/** Null when the line is not as it was written. */
function recordOf(line: string): PriceRecord | null {
  const [checksum = "", json = ""] = [line.slice(0, 8), line.slice(9)];
  if (line[8] !== " " || checksumOf(json) !== checksum) return null;
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch {
    // A checksum that fits does not make it a record.
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
