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

/** Records that wait for the disk at most: some weeks of blocks. */
const MOST_WAITING = 10_000;

const fileOf = (directory: string, chain: string): string => join(directory, `confirmed-prices-${chain}.log`);

/**
 * Makes the folder where it is missing, and makes sure that it can be written to and that the files of kept prices in it
 * are such.
 * @throws {UserError}
 */
export async function checkDataDirectory(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
    // With the slash a file in the folder's place is refused.
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
  /** Prices that the disk has not taken yet. */
  readonly unsaved: number;
  close(): void;
}

/** Lets a history go on with the prices in a folder, and keep there what comes: a file for each chain. */
export async function openHistory(
  history: ConfirmedHistory,
  directory: string,
  chain: string,
  log: Logger,
): Promise<SavedHistory> {
  const path = fileOf(directory, chain);
  const store = await openStore(path, log);
  const { records, damagedLines, wasTorn, skippedBytes } = store.stored;
  if (damagedLines > 0) log.warn({ path, damaged_lines: damagedLines }, "saved prices are damaged and not used");
  if (wasTorn) log.info({ path }, "the last saved price was incomplete and was removed");
  if (skippedBytes > 0) log.info({ path, skipped_bytes: skippedBytes }, "older saved prices were not read");
  // In their order: what the disk does not take now is tried again before what comes next.
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
        const isLost = waiting.length > MOST_WAITING;
        if (isLost) waiting.shift();
        const what = isLost ? "the oldest price waiting for the disk is lost" : "price not saved yet";
        log.error({ path, waiting: waiting.length }, `${what}: ${(error as Error).message}`);
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

/** @throws {UserError} when the file is not one of this program. */
async function openStore(path: string, log: Logger): Promise<PriceStore> {
  const onSyncFailed = ({ message }: Error): void =>
    log.error({ path, problem: message }, "the disk did not confirm saved prices");
  try {
    return await PriceStore.open(path, onSyncFailed);
  } catch (cause) {
    if (cause instanceof StoreError) throw new UserError(`--data-dir: ${cause.message}`, undefined, { cause });
    if (!isDiskError(cause)) throw cause;
    throw new UserError(`--data-dir: ${path} cannot be written (${cause.message})`, ExitCode.failed, { cause });
  }
}
