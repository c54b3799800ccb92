import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { budgets } from "../config/budgets.ts";
import { StoreError } from "../store/store-error.ts";
import { type PriceRecord, PriceRecordSchema } from "./price-record.ts";

/** Compiled for speed: two years of blocks are 100,000 records. */
const priceRecord = TypeCompiler.Compile(PriceRecordSchema);

/** First line of the file. A file without it is not a price file. */
const HEADER = Buffer.from("utxoracle-live confirmed prices 1\n");
const CHUNK_BYTES = 262_144;
/** Maximum length of a record, and of an incomplete one after a kill. */
const LINE_MAX_BYTES = 4096;
const NEW_LINE = 0x0a;

/** Path of the file of a chain. */
export const priceFileOf = (directory: string, chain: string): string =>
  join(directory, `confirmed-prices-${chain}.log`);

/** Whether a name in `--data-dir` is that of such a file. */
export const isPriceFileName = (name: string): boolean => /^confirmed-prices-[a-z0-9]+\.log$/.test(name);

/** Content of a price file. */
export interface StoredPrices {
  readonly records: readonly PriceRecord[];
  /** Number of lines with a wrong checksum, an incomplete last line included; they are ignored. */
  readonly damagedLines: number;
  /** Bytes at the start that were not read, because the file exceeds the limit. */
  readonly skippedBytes: number;
}

/**
 * Reads the file in which earlier versions saved confirmed prices, without changing it: one record
 * per line, after its CRC-32. Yields to the event loop while reading.
 * @param bytesRead maximum number of bytes to read, from the end of the file.
 * @throws {StoreError} if it is not a price file of this program; errors of the file system.
 */
export async function readPriceFile(
  path: string,
  bytesRead: number = budgets.storedPrices.bytes,
): Promise<StoredPrices> {
  const descriptor = openStoreFile(path);
  try {
    const { size } = fstatSync(descriptor);
    checkHeader(path, readAt(descriptor, 0, Math.min(size, HEADER.length)));
    const { records, damagedLines, tornBytes, skippedBytes } = await readRecords(descriptor, size, bytesRead);
    return { records, damagedLines: damagedLines + Number(tornBytes > 0), skippedBytes };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Checks that a file is a price file, without changing it.
 * @throws {StoreError} if it is not; errors of the file system.
 */
export function checkPriceFile(path: string): void {
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

/** Opens a regular file to read. Does not follow links and does not block on a pipe. */
function openStoreFile(path: string): number {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "EMLINK")
      throw new StoreError("not_a_file", `${path} is a symbolic link: replace it by a regular file`, { cause });
    if (code === "ENXIO" || code === "ENODEV" || code === "EOPNOTSUPP")
      throw new StoreError("not_a_file", `${path} is not a regular file`, { cause });
    if (code === "EACCES" || code === "EPERM")
      throw new StoreError("unusable", `this user cannot read ${path}: change its permissions`, { cause });
    throw cause;
  }
  const kind = fstatSync(descriptor);
  if (kind.isFile()) return descriptor;
  closeSync(descriptor);
  throw new StoreError(
    "not_a_file",
    `${path} is ${kind.isDirectory() ? "a folder" : "not a regular file"}: move it away`,
  );
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
