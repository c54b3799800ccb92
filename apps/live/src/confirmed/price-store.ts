import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { type PriceRecord, PriceRecordSchema } from "./price-record.ts";

/** Compiled: a year of blocks is 100,000 records. */
const priceRecord = TypeCompiler.Compile(PriceRecordSchema);

/** They take some milliseconds. */
const LINES_WITHOUT_PAUSE = 1000;

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

  private constructor(descriptor: number, stored: StoredPrices) {
    this.#descriptor = descriptor;
    this.stored = stored;
  }

  /**
   * Opens the file and makes it, and its folder, where they are missing. What is in it is read with pauses: whoever
   * else has something to do meanwhile does not wait for it.
   * @throws what the file system throws.
   */
  static async open(path: string): Promise<PriceStore> {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "a+");
    try {
      const bytes = readFileSync(descriptor);
      const end = bytes.lastIndexOf(0x0a) + 1;
      const wasTorn = end < bytes.length;
      if (wasTorn) ftruncateSync(descriptor, end);
      // The name of a new file must last as its content does.
      if (bytes.length === 0) syncFolder(dirname(path));
      return new PriceStore(descriptor, { ...(await recordsOf(bytes.subarray(0, end))), wasTorn });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Adds a record, which then stays whatever happens. @throws what the file system throws. */
  append(record: PriceRecord): void {
    const json = JSON.stringify(record);
    const line = Buffer.from(`${checksumOf(json)} ${json}\n`);
    const { size } = fstatSync(this.#descriptor);
    // One call: other writers of the same file cannot come in between.
    const written = writeSync(this.#descriptor, line);
    if (written < line.length) {
      // What comes next must not stand on the same line as a piece of this record.
      ftruncateSync(this.#descriptor, size);
      throw new Error(`the disk took ${written} of ${line.length} bytes`);
    }
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Reads whole lines. */
async function recordsOf(bytes: Buffer): Promise<Pick<StoredPrices, "records" | "damagedLines">> {
  const records: PriceRecord[] = [];
  let damagedLines = 0;
  let lines = 0;
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    const record = recordOf(bytes.toString("utf8", start, end));
    if (record === null) damagedLines++;
    else records.push(record);
    start = end + 1;
    if (++lines % LINES_WITHOUT_PAUSE === 0) await setImmediate();
  }
  return { records, damagedLines };
}

/** Null when the line is not as it was written. */
function recordOf(line: string): PriceRecord | null {
  const [checksum = "", json = ""] = [line.slice(0, 8), line.slice(9)];
  if (line[8] !== " " || checksumOf(json) !== checksum) return null;
  const record: unknown = JSON.parse(json);
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
