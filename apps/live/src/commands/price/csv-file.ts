import {
  closeSync,
  existsSync,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { isWideText } from "../../config/text-encoding.ts";
import { ExitCode, UserError } from "../../config/user-error.ts";
import type { DayRows } from "./day-rows.ts";
import { CSV_HEAD } from "./price-answer.ts";

const PERMISSIONS = 0o777;
const OWNER_READS_AND_WRITES = 0o600;
/** Day, price or nothing, and nine more columns. */
const ROW = /^(\d{4}-\d{2}-\d{2}),([^,]*)(,[^,]*){9}$/;

/**
 * CSV file of daily prices, written row by row, so that an interrupted run can be resumed. An
 * incomplete last row is written again; complete rows never change.
 */
export class CsvFile implements DayRows {
  readonly #path: string;
  #descriptor: number;
  readonly #lineEnd: string;
  /** Rows by day, in order. */
  #rows: Map<string, string>;

  private constructor(path: string, descriptor: number, rows: Map<string, string>, lineEnd: string) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#rows = rows;
    this.#lineEnd = lineEnd;
  }

  /** @throws {UserError} if the file exists and has another content, or cannot be written. */
  static open(path: string): CsvFile {
    const text = existsSync(path) ? readText(path) : "";
    const whole = text.slice(0, Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1);
    // Other programs may have saved it with a byte order mark and other line ends.
    const [head, ...lines] = whole.replace(/^\ufeff/, "").split(/\r\n?|\n/);
    const isBegun = whole !== "";
    if (isBegun ? head !== CSV_HEAD : !`${CSV_HEAD}\n`.startsWith(text))
      throw new UserError(`--csv: ${path} is not a price file of this version: the first line is not ${CSV_HEAD}`);
    const rows = new Map<string, string>();
    let before = "";
    lines.slice(0, -1).forEach((row, index) => {
      const day = ROW.exec(row)?.[1];
      if (day === undefined || day <= before)
        throw new UserError(`--csv: ${path}, line ${index + 2}: not a price row, or its day is out of order`);
      rows.set(day, row);
      before = day;
    });
    const descriptor = openToWrite(path);
    ftruncateSync(descriptor, Buffer.byteLength(whole));
    if (!isBegun) begin(path, descriptor);
    return new CsvFile(realpathSync(path), descriptor, rows, /\r\n?|\n/.exec(whole)?.[0] ?? "\n");
  }

  /** Whether the file has a row for the day. */
  has(day: string): boolean {
    return this.#rows.has(day);
  }

  /** Whether the file has a row for the day without a price. */
  lacksPrice(day: string): boolean {
    return ROW.exec(this.#rows.get(day) ?? "")?.[2] === "";
  }

  /**
   * Inserts the row of a day in order and flushes it to the disk.
   * @throws {UserError} if writing fails; the earlier rows stay, and the same command resumes after
   * them.
   */
  add(day: string, row: string): void {
    const last = [...this.#rows.keys()].at(-1) ?? "";
    this.#rows.set(day, row);
    try {
      if (day > last) appendLine(this.#descriptor, row, this.#lineEnd);
      else this.#insert();
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new UserError(
        `--csv: ${this.#path}: cannot write ${day} (${reason}); free disk space and run the same command again`,
        ExitCode.failed,
        { cause },
      );
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /**
   * Replaces the file to insert a day between others: its blocks were missing in an earlier run.
   */
  #insert(): void {
    this.#rows = new Map([...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)));
    const replacement = `${this.#path}.new`;
    rmSync(replacement, { force: true });
    const descriptor = openSync(replacement, "wx");
    try {
      fchmodSync(descriptor, fstatSync(this.#descriptor).mode & PERMISSIONS);
      writeWhole(descriptor, [CSV_HEAD, ...this.#rows.values()].map((row) => row + this.#lineEnd).join(""));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(replacement, this.#path);
    syncFolder(dirname(this.#path));
    closeSync(this.#descriptor);
    this.#descriptor = openToWrite(this.#path);
  }
}

function begin(path: string, descriptor: number): void {
  try {
    appendLine(descriptor, CSV_HEAD);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new UserError(
      `--csv: ${path}: cannot write (${reason}); free disk space and run the same command again`,
      ExitCode.failed,
      { cause },
    );
  }
}

function appendLine(descriptor: number, line: string, lineEnd = "\n"): void {
  writeWhole(descriptor, line + lineEnd);
  fdatasyncSync(descriptor);
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (isWideText(bytes)) throw new Error("it is UTF-16 text; save it as UTF-8");
    return bytes.toString("utf8");
  } catch (cause) {
    throw new UserError(`--csv: ${path} cannot be read (${(cause as Error).message})`, undefined, { cause });
  }
}

function openToWrite(path: string): number {
  try {
    const descriptor = openSync(path, "a");
    // The umask may deny the owner access, so that the next run could not resume.
    const { mode } = fstatSync(descriptor);
    if ((mode & OWNER_READS_AND_WRITES) !== OWNER_READS_AND_WRITES)
      fchmodSync(descriptor, (mode & PERMISSIONS) | OWNER_READS_AND_WRITES);
    return descriptor;
  } catch (cause) {
    throw new UserError(`--csv: ${path} cannot be written (${(cause as Error).message})`, undefined, { cause });
  }
}
