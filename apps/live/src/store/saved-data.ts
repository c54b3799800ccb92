import { ClassicLevel } from "classic-level";
import type { Logger } from "pino";
import { budgets } from "../config/budgets.ts";
import { logLine } from "../logging/log-line.ts";
import { isDiskError, StoreError } from "./store-error.ts";
import { prepareStoreFolder } from "./store-folder.ts";

/** Time between two attempts to write to a disk that failed, ms. */
const RETRY_MS = 5000;
/** Maximum wait for the disk when closing, ms. */
const CLOSE_MS = 3000;
/** Interval of flushes to the disk, ms; a power failure loses at most this. */
const SYNC_PERIOD_MS = 60_000;
/** The data of 90 days is a few MB: small buffers suffice. */
const options = { writeBufferSize: 1 << 20, cacheSize: 1 << 20, maxFileSize: 2 << 20 } as const;

/** A change of one value; null removes it. Values are JSON. */
export type Change = readonly [key: string, value: object | string | null];

/**
 * The database of `--data-dir`. Writes are queued and never wait for the disk. While the disk
 * fails, they stay in memory, in order, and are retried.
 */
export class SavedData {
  readonly path: string;
  readonly #log: Logger;
  readonly #now: () => number;
  #database: ClassicLevel | null;
  /** Unwritten changes, in order. A later change of the same key replaces an earlier one. */
  #waiting = new Map<string, Change[1]>();
  #running: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #hasFailed = false;
  #isClosing = false;
  #syncedAtMs: number;

  private constructor(path: string, database: ClassicLevel, log: Logger, now: () => number) {
    this.path = path;
    this.#database = database;
    this.#log = log;
    this.#now = now;
    this.#syncedAtMs = now();
  }

  /**
   * Opens the database in a folder; creates it if missing.
   * @param now monotonic clock, ms.
   * @throws {StoreError} if it is not a database of this program; errors of the file system.
   */
  static async open(path: string, log: Logger, now: () => number = () => performance.now()): Promise<SavedData> {
    return new SavedData(path, await openDatabase(path), log, now);
  }

  /** Number of changes that wait because the disk failed. */
  get unsaved(): number {
    return this.#hasFailed ? this.#waiting.size : 0;
  }

  /** All values whose key starts with a prefix, by key. Damaged values are skipped and counted. */
  async read(prefix: string): Promise<{ readonly values: Map<string, unknown>; readonly damaged: number }> {
    return await this.readRange(prefix, `${prefix}\uffff`);
  }

  /** All values with a key from `from`, inclusive, to `to`, exclusive. */
  async readRange(
    from: string,
    to: string,
    limit: number = budgets.savedValues.count,
  ): Promise<{ readonly values: Map<string, unknown>; readonly damaged: number }> {
    const values = new Map<string, unknown>();
    let damaged = 0;
    const database = this.#database;
    if (database === null) return { values, damaged };
    try {
      for await (const [key, text] of database.iterator({ gte: from, lt: to, limit }))
        try {
          values.set(key, JSON.parse(text));
        } catch {
          damaged++;
        }
    } catch (cause) {
      throw asStoreError(this.path, cause);
    }
    return { values, damaged };
  }

  /** Removes all written values with a key from `from`, inclusive, to `to`, exclusive. */
  async removeRange(from: string, to: string): Promise<void> {
    try {
      await this.#database?.clear({ gte: from, lt: to });
    } catch (cause) {
      throw asStoreError(this.path, cause);
    }
  }

  /** Queues changes; they are written together. */
  write(changes: Iterable<Change>): void {
    for (const [key, value] of changes) {
      this.#waiting.delete(key);
      this.#waiting.set(key, value);
    }
    for (const key of this.#waiting.keys()) {
      if (this.#waiting.size <= budgets.unsavedValues.count) break;
      this.#waiting.delete(key);
    }
    if (this.#waiting.size > 0 && this.#retry === null && !this.#isClosing) this.#running ??= this.#flush();
  }

  /** Resolves when the changes queued so far are written, or writing failed. */
  async written(): Promise<void> {
    await this.#running;
  }

  /** Writes the queued changes, for a few seconds at most, and closes the database. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const finish = async (): Promise<void> => {
      await this.#running;
      if (this.#waiting.size > 0) await this.#flush();
      await this.#database?.close();
    };
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([finish(), timeout]);
    clearTimeout(timer);
    if (this.#waiting.size > 0)
      logLine(this.#log, "unsaved prices lost", { path: this.path, lost: this.#waiting.size });
  }

  async #flush(): Promise<void> {
    try {
      while (this.#waiting.size > 0) {
        const changes = this.#waiting;
        this.#waiting = new Map();
        try {
          await this.#writeAll(changes);
        } catch (error) {
          // Later changes of the same keys win.
          this.#waiting = new Map([...changes, ...this.#waiting]);
          throw error;
        }
      }
      if (this.#hasFailed) logLine(this.#log, "saving prices again", { path: this.path });
      this.#hasFailed = false;
    } catch (error) {
      // Any other error is a defect and ends the program.
      if (!isStoreFailure(error)) throw error;
      await this.#onFailure(error);
    } finally {
      this.#running = null;
    }
  }

  async #writeAll(changes: ReadonlyMap<string, Change[1]>): Promise<void> {
    this.#database ??= await openDatabase(this.path);
    const now = this.#now();
    const sync = this.#hasFailed || now - this.#syncedAtMs >= SYNC_PERIOD_MS;
    await this.#database.batch(
      [...changes].map(([key, value]) =>
        value === null ? { type: "del" as const, key } : { type: "put" as const, key, value: JSON.stringify(value) },
      ),
      { sync },
    );
    if (sync) this.#syncedAtMs = now;
  }

  /**
   * Closes the database. After a failed write LevelDB's log may end in an incomplete record, after
   * which further records would be lost. Reopening removes it.
   */
  async #onFailure(error: unknown): Promise<void> {
    const problem = errorText(error);
    if (!this.#hasFailed)
      logLine(this.#log, "prices not saved; retrying", { path: this.path, waiting: this.#waiting.size, problem });
    this.#hasFailed = true;
    const database = this.#database;
    this.#database = null;
    try {
      await database?.close();
    } catch (closeError) {
      logLine(this.#log, "database not closed", { path: this.path, problem: errorText(closeError) });
    }
    if (this.#isClosing) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (!this.#isClosing) this.#running ??= this.#flush();
    }, RETRY_MS);
    this.#retry.unref();
  }
}

async function openDatabase(path: string): Promise<ClassicLevel> {
  // Also when it is opened again: someone may have removed the folder.
  prepareStoreFolder(path);
  const database = new ClassicLevel(path, options);
  try {
    await database.open();
    return database;
  } catch (cause) {
    throw asStoreError(path, cause);
  }
}

/** Errors of LevelDB as those of this program. */
function asStoreError(path: string, error: unknown): StoreError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code } = cause as { code?: string };
  const text = errorText(cause);
  if (code === "LEVEL_CORRUPTION")
    return new StoreError(
      "damaged",
      `${path} is damaged (${text}): move it away; the node's prices are computed again`,
      {
        cause,
      },
    );
  if (code === "LEVEL_LOCKED") return new StoreError("unusable", `${path} is used by another process`, { cause });
  return new StoreError("unusable", `${path} cannot be used (${text})`, { cause });
}

/** Errors of the disk and of LevelDB. */
function isStoreFailure(error: unknown): boolean {
  if (error instanceof StoreError || isDiskError(error)) return true;
  return error instanceof Error && String((error as { code?: unknown }).code).startsWith("LEVEL_");
}

function errorText(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
