import { fstatSync, statSync } from "node:fs";
import { otherKindAt } from "../../config/regular-file.ts";
import { UserError } from "../../config/user-error.ts";
import { CsvFile } from "./csv-file.ts";
import { CSV_HEAD } from "./price-answer.ts";

/** Where the rows of days go. */
export interface DayRows {
  /** Whether the row of a day is there already. */
  has(day: string): boolean;
  /** Whether it is, without a price. */
  lacksPrice(day: string): boolean;
  /** @throws {UserError} when it cannot be written. */
  add(day: string, row: string): void;
  close(): void;
}

const STDOUT = 1;

/**
 * What `--csv` names: a file, which is continued where it stopped, or standard output.
 * @param isJson whether JSON is written to standard output too.
 * @throws {UserError} for anything else, and for a file that is no such CSV or cannot be written.
 */
export function openDayRows(path: string, stdout: { write(text: string): unknown }, isJson: boolean): DayRows {
  const other = kindAt(path);
  if (other === null) return CsvFile.open(path);
  if (isStandardOutput(path)) {
    if (!isJson) return new PrintedRows(stdout);
    throw new UserError("price: --json and --csv /dev/stdout exclude each other: both write to standard output");
  }
  throw new UserError(`--csv: ${path} is ${other}, not a file; --csv /dev/stdout writes to standard output`);
}

/** Rows on standard output, which nothing continues. */
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
    return otherKindAt(path);
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
