import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { Value } from "@sinclair/typebox/value";
import { type PriceRecord, PriceRecordSchema } from "./price-record.ts";

/** What a file of prices held when it was opened. */
export interface StoredPrices {
  readonly records: readonly PriceRecord[];
  /** Lines that were changed or broken after they were written; they are left where they are and not used. */
  readonly damagedLines: number;
  /** Whether the end was cut off in the middle of a record (a kill, a full disk); that piece was taken away. */
  readonly wasTorn: boolean;
}

/**
 * A file that only grows: one record a line, its CRC-32 before it. A record is there in full or, after a kill in the
 * middle of its writing, not at all; whatever was written before stays.
 */
export class PriceStore {
  readonly stored: StoredPrices;
  readonly #descriptor: number;

  /** Opens the file and makes it, and its folder, where they are missing. @throws what the file system throws. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, "a+");
    try {
      const bytes = readFileSync(this.#descriptor);
      const end = bytes.lastIndexOf(0x0a) + 1;
      const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
      const records = lines.flatMap((line) => recordOf(line) ?? []);
      const wasTorn = end < bytes.length;
      if (wasTorn) ftruncateSync(this.#descriptor, end);
      this.stored = { records, damagedLines: lines.length - records.length, wasTorn };
      // The name of a new file must last as its content does.
      if (bytes.length === 0) syncFolder(dirname(path));
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  /** Adds a record, which then stays whatever happens. @throws what the file system throws. */
  append(record: PriceRecord): void {
    const json = JSON.stringify(record);
    const line = Buffer.from(`${checksumOf(json)} ${json}\n`);
    // One call: other writers of the same file cannot come in between.
    const written = writeSync(this.#descriptor, line);
    if (written < line.length) throw new Error(`the disk took ${written} of ${line.length} bytes`);
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Null when the line is not as it was written. */
function recordOf(line: string): PriceRecord | null {
  const [checksum = "", json = ""] = [line.slice(0, 8), line.slice(9)];
  if (line[8] !== " " || checksumOf(json) !== checksum) return null;
  const record: unknown = JSON.parse(json);
  return Value.Check(PriceRecordSchema, record) ? record : null;
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
