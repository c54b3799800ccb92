import { readdirSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../config/make-folder.ts";
import { UserError } from "../config/user-error.ts";
import { StoreError } from "../store/store-error.ts";
import { checkStoreFolder, isStoreFolderName } from "../store/store-folder.ts";
import { checkPriceFile, isPriceFileName } from "./price-file.ts";

/**
 * Creates the folder if it is missing. Checks that it is writable and that its saved prices are
 * valid.
 * @throws {UserError}
 */
export async function checkDataDirectory(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
    // The trailing slash rejects a file at this path.
    await access(`${directory}/`, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of readdirSync(directory)) {
      if (isPriceFileName(name)) checkPriceFile(join(directory, name));
      if (isStoreFolderName(name)) checkStoreFolder(join(directory, name));
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw new UserError(`--data-dir: ${cause.message}`, undefined, { cause });
    throw new UserError(`--data-dir: ${directory} cannot be used (${(cause as Error).message})`, undefined, { cause });
  }
}
