import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { UserError } from "../command-line/user-error.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import { PriceStore } from "./price-store.ts";

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
  history.restore(records, {
    append: (record) => {
      try {
        store.append(record);
      } catch (error) {
        log.error({ path }, `a price could not be kept: ${(error as Error).message}`);
      }
    },
  });
  log.info({ path, records: records.length }, "kept prices are there");
  return () => store.close();
}
