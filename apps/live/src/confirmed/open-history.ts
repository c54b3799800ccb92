import { readdirSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { isDiskError } from "../config/disk-error.ts";
import { makeFolder } from "../config/make-folder.ts";
import { ExitCode, UserError } from "../config/user-error.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import type { PriceRecord } from "./price-record.ts";
import { checkStoreFile, PriceStore } from "./price-store.ts";
import { StoreError } from "./store-error.ts";

/** Maximum number of records that wait for the disk: some weeks of blocks. */
const MAX_WAITING = 10_000;

const fileOf = (directory: string, chain: string): string => join(directory, `confirmed-prices-${chain}.log`);

/**
 * Creates the folder if it is missing. Checks that it is writable and that its files of saved
 * prices are valid.
 * @throws {UserError}
 */
export async function checkDataDirectory(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
    // The trailing slash rejects a file at this path.
    await access(`${directory}/`, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of readdirSync(directory))
      if (/^confirmed-prices-[a-z0-9]+\.log$/.test(name)) checkStoreFile(join(directory, name));
  } catch (cause) {
    if (cause instanceof StoreError) throw new UserError(`--data-dir: ${cause.message}`, undefined, { cause });
    throw new UserError(`--data-dir: ${directory} cannot be used (${(cause as Error).message})`, undefined, { cause });
  }
}

/** A file in which a history's prices are saved. */
export interface SavedHistory {
  /** Number of prices not written yet. */
  readonly unsaved: number;
  close(): void;
}

/**
 * Loads the saved prices of a chain into a history and saves later ones. Each chain has its file.
 */
export async function openHistory(
  history: ConfirmedHistory,
  directory: string,
  chain: string,
  log: Logger,
): Promise<SavedHistory> {
  const path = fileOf(directory, chain);
  const store = await openStore(path, log);
  const { records, damagedLines, wasTorn, skippedBytes } = store.stored;
  if (damagedLines > 0) log.warn({ path, damaged_lines: damagedLines }, "damaged saved prices ignored");
  if (wasTorn) log.info({ path }, "incomplete saved price removed");
  if (skippedBytes > 0) log.info({ path, skipped_bytes: skippedBytes }, "older saved prices not loaded");
  // Written in order: a failed write is repeated before the next record.
  const waiting: PriceRecord[] = [];
  history.restore(records, {
    append: (record) => {
      waiting.push(record);
      try {
        for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
          store.append(next);
          waiting.shift();
        }
      } catch (error) {
        const isLost = waiting.length > MAX_WAITING;
        if (isLost) waiting.shift();
        const problem = (error as Error).message;
        log.error(
          { path, waiting: waiting.length, problem },
          isLost ? "unsaved price lost" : "price not saved; retrying",
        );
      }
    },
  });
  log.info({ path, records: records.length }, "loaded saved prices");
  return {
    get unsaved() {
      return waiting.length;
    },
    close: () => store.close(),
  };
}

/** @throws {UserError} if the file is not a price file of this program, or cannot be written. */
async function openStore(path: string, log: Logger): Promise<PriceStore> {
  const onSyncFailed = ({ message }: Error): void =>
    log.error({ path, problem: message }, "saved prices not synced to disk");
  try {
    return await PriceStore.open(path, onSyncFailed);
  } catch (cause) {
    if (cause instanceof StoreError) throw new UserError(`--data-dir: ${cause.message}`, undefined, { cause });
    if (!isDiskError(cause)) throw cause;
    throw new UserError(`--data-dir: ${path} cannot be written (${cause.message})`, ExitCode.failed, { cause });
  }
}
