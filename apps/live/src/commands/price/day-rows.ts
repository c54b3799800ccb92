import { fstatSync, statSync } from "node:fs";
import { nonFileKindAt } from "../../config/regular-file.ts";
import { UserError } from "../../config/user-error.ts";
import { CsvFile } from "./csv-file.ts";
import { CSV_HEAD } from "./price-answer.ts";

/** Output for the CSV rows of days. */
export interface DayRows {
  /** Whether an earlier run wrote the row of the day. */
  has(day: string): boolean;
  /** Whether an earlier run wrote the row of the day, without a price. */
  lacksPrice(day: string): boolean;
  /** @throws {UserError} if writing fails. */
  add(day: string, row: string): void;
  close(): void;
}

const STDOUT = 1;

/**
 * Opens the target of `--csv`: a file, which is resumed, or standard output.
 * @param isJson whether JSON also goes to standard output.
 * @throws {UserError} for other targets, a file with another content, or one that cannot be
 * written.
 */
export function openDayRows(path: string, stdout: { write(text: string): unknown }, isJson: boolean): DayRows {
  const other = kindAt(path);
  if (other === null) return CsvFile.open(path);
  if (isStandardOutput(path)) {
    if (!isJson) return new PrintedRows(stdout);
    throw new UserError("price: --json and --csv /dev/stdout cannot be combined: both write to standard output");
  }
  throw new UserError(`--csv: ${path} is ${other}, not a file; --csv /dev/stdout writes to standard output`);
}

/** Rows on standard output, which cannot be resumed. */
class PrintedRows implements DayRows {
  readonly #stdout: { write(text: string): unknown };

  constructor(stdout: { write(text: string): unknown }) {
    this.#stdout = stdout;
    stdout.write(`${CSV_HEAD}\n`);
  }

  has(): boolean {
    return false;
  }

  lacksPrice(): boolean {
    return false;
  }

  add(_day: string, row: string): void {
    this.#stdout.write(`${row}\n`);
  }

  close(): void {}
}

function kindAt(path: string): string | null {
  try {
    return nonFileKindAt(path);
  } catch (cause) {
    throw new UserError(`--csv: ${path} cannot be written (${(cause as Error).message})`, undefined, { cause });
  }
}

function isStandardOutput(path: string): boolean {
  const [named, stdout] = [
    statSync(path, { throwIfNoEntry: false, bigint: true }),
    fstatSync(STDOUT, { bigint: true }),
  ];
  return named !== undefined && named.dev === stdout.dev && named.ino === stdout.ino;
}
