import { readdirSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../config/make-folder.ts";
import { UserError } from "../config/user-error.ts";
import { StoreError } from "../store/store-error.ts";
import { checkStoreFolder, isStoreFolderName } from "../store/store-folder.ts";
import { checkPriceFile, isPriceFileName } from "./price-file.ts";

/**
 * Makes the folder where it is missing, and makes sure that it can be written to and that the saved
 * prices in it are such.
 * @throws {UserError}
 */
export async function checkDataDirectory(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
    // With the slash a file in the folder's place is refused.
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
