import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { nonFileKindAt } from "../../config/regular-file.ts";
import { UserError } from "../../config/user-error.ts";

/** Fails early if the page cannot be written at the end. */
export function checkPage(path: string): void {
  let other: string | null;
  try {
    accessSync(dirname(path), constants.W_OK);
    other = nonFileKindAt(path);
  } catch (cause) {
    throw new UserError(`--html: ${path} cannot be written (${(cause as Error).message})`, undefined, { cause });
  }
  if (other !== null) throw new UserError(`--html: ${path} is ${other}, not a file`);
}

/** @throws {UserError} if the page cannot be written. */
export function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, page);
  } catch (cause) {
    throw new UserError(`--html: ${path} cannot be written (${(cause as Error).message})`, undefined, { cause });
  }
}
