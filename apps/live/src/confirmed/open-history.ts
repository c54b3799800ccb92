import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { UserError } from "../user-error.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import type { PriceRecord } from "./price-record.ts";
import { PriceStore } from "./price-store.ts";

/** Records that wait for the disk at most: some weeks of blocks. */
const MOST_WAITING = 10_000;

/**
 * Makes sure, at the start, that a folder can be written to.
 * @throws {UserError}
 */
export function checkDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new UserError(`--data-dir: ${directory} cannot be used (${(cause as Error).message})`, undefined, { cause });
  }
}

/**
 * Lets a history go on with the prices in a folder, and keep there what comes: a file for each chain.
 * @returns what closes the file.
 */
export async function openHistory(
  history: ConfirmedHistory,
  directory: string,
  chain: string,
  log: Logger,
): Promise<() => void> {
  const path = join(directory, `confirmed-prices-${chain}.log`);
  const store = await PriceStore.open(path);
  const { records, damagedLines, wasTorn } = store.stored;
  if (damagedLines > 0) log.warn({ path, damaged_lines: damagedLines }, "kept prices were damaged and are not used");
  if (wasTorn) log.info({ path }, "the last price was cut off while it was written; the others are all there");
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
        const what = isLost ? "the oldest price that waited for the disk is lost" : "a price could not be kept yet";
        log.error({ path, waiting: waiting.length }, `${what}: ${(error as Error).message}`);
      }
    },
  });
  log.info({ path, records: records.length }, "kept prices are there");
  return () => store.close();
}
