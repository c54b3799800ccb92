import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { UserError } from "../command-line/user-error.ts";
import { CSV_COLUMNS } from "./price-answer.ts";

const HEAD = CSV_COLUMNS.join(",");
const ROW = /^(\d{4}-\d{2}-\d{2})(,[^,]*){10}$/;

/**
 * The CSV of days, written row by row: a run that was ended at any moment is gone on with. A row that was not written
 * to its end is written anew; nothing else of a file is ever changed.
 */
export class CsvFile {
  readonly #descriptor: number;
  /** Days that the file has. */
  readonly days: ReadonlySet<string>;

  private constructor(descriptor: number, days: ReadonlySet<string>) {
    this.#descriptor = descriptor;
    this.days = days;
  }

  /** @throws {UserError} when the file is there and is not such a CSV, or cannot be written. */
  static open(path: string): CsvFile {
    const text = existsSync(path) ? readText(path) : "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [head, ...rows] = whole.split("\n");
    const isBegun = whole !== "";
    if (isBegun ? head !== HEAD : !`${HEAD}\n`.startsWith(text))
      throw new UserError(`--csv: ${path} is no list of prices of this version (it does not begin with ${HEAD})`);
    const days = new Set<string>();
    let before = "";
    rows.slice(0, -1).forEach((row, index) => {
      const day = ROW.exec(row)?.[1];
      if (day === undefined || day <= before)
        throw new UserError(`--csv: ${path}, line ${index + 2} is no row of a day after the one before`);
      days.add(day);
      before = day;
    });
    const descriptor = openToWrite(path);
    ftruncateSync(descriptor, Buffer.byteLength(whole));
    const file = new CsvFile(descriptor, days);
    if (!isBegun) file.append(HEAD);
    return file;
  }

  /** Adds a row, which then stays whatever happens. */
  append(row: string): void {
    writeSync(this.#descriptor, `${row}\n`);
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError(`--csv: ${path} cannot be read (${(cause as Error).message})`, undefined, { cause });
  }
}

function openToWrite(path: string): number {
  try {
    return openSync(path, "a");
  } catch (cause) {
    throw new UserError(`--csv: ${path} cannot be written (${(cause as Error).message})`, undefined, { cause });
  }
}

/**
 * The days of a request that the file lacks.
 * @throws {UserError} when one of them lies before a day that it has: rows stand in order.
 */
export function daysToDo(path: string, days: readonly string[], done: ReadonlySet<string>): string[] {
  const last = [...done].at(-1) ?? "";
  const missing = days.filter((day) => !done.has(day));
  const [first] = missing;
  if (first !== undefined && first < last)
    throw new UserError(`--csv: ${path} goes to ${last} already and lacks ${first}: name another file`);
  return missing;
}
