import { statSync } from "node:fs";
import type { Logger } from "pino";
import { FX_FILE_BYTES_MAX, FxFileError, type FxRate, parseFxFile } from "../config/fx-file.ts";
import { readSmallFile } from "../config/small-file.ts";
import { UserError } from "../config/user-error.ts";
import { logLine } from "../logging/log-line.ts";

/** The file is checked for changes at most this often. */
const CHECK_MS = 5000;

/** What routes need of the rates. */
export interface FxSource {
  /** All rates of the file; `isStale` once the day of the rate has passed. */
  all(): readonly (FxRate & { readonly isStale: boolean })[];
  /** The rates that are not stale. */
  current(): readonly FxRate[];
}

/** No `--fx`. */
export const noFx: FxSource = { all: () => [], current: () => [] };

/**
 * The rates of `--fx`. Never fetched. Reads the file again when a request comes after it has
 * changed; a file that cannot be used leaves the earlier rates, which become stale by their dates.
 */
export class FxRates implements FxSource {
  readonly #path: string;
  readonly #log: Logger;
  readonly #nowMs: () => number;
  #rates: readonly FxRate[];
  #version: string;
  #checkedMs: number;

  /** @throws {UserError} naming the file and the line. */
  constructor(path: string, log: Logger, nowMs: () => number = Date.now) {
    this.#path = path;
    this.#log = log;
    this.#nowMs = nowMs;
    this.#version = this.#fileVersion();
    this.#checkedMs = nowMs();
    this.#rates = this.#read();
  }

  all(): readonly (FxRate & { readonly isStale: boolean })[] {
    this.#refresh();
    const today = new Date(this.#nowMs()).toISOString().slice(0, 10);
    return this.#rates.map((rate) => ({ ...rate, isStale: rate.date < today }));
  }

  current(): readonly FxRate[] {
    return this.all().filter(({ isStale }) => !isStale);
  }

  #refresh(): void {
    const now = this.#nowMs();
    if (Math.abs(now - this.#checkedMs) < CHECK_MS) return;
    this.#checkedMs = now;
    const version = this.#fileVersion();
    if (version === this.#version) return;
    this.#version = version;
    try {
      this.#rates = this.#read();
      logLine(this.#log, "loaded currency rates", { path: this.#path, rates: this.#rates.length });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      logLine(this.#log, "currency rates not used; keeping the earlier ones", {}, error.message);
    }
  }

  /** Changes when the file changes. A file that is missing or unreachable has a version too. */
  #fileVersion(): string {
    try {
      const { mtimeMs, size, ino } = statSync(this.#path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    }
  }

  #read(): readonly FxRate[] {
    const bytes = readSmallFile("fx", this.#path, FX_FILE_BYTES_MAX);
    try {
      return parseFxFile(new TextDecoder().decode(bytes));
    } catch (cause) {
      if (!(cause instanceof FxFileError)) throw cause;
      throw new UserError(`--fx: ${this.#path}: ${cause.message}`, undefined, { cause });
    }
  }
}
