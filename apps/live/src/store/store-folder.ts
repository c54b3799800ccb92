import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { readStart } from "../config/small-file.ts";
import { StoreError } from "./store-error.ts";

/**
 * Name and content of the file that marks a folder as this program's database. LevelDB ignores it.
 */
const MARKER_NAME = "utxoracle-live";
const MARKER = "utxoracle-live saved prices 1\n";
/** The marker while it is written. */
const UNFINISHED_NAME = `${MARKER_NAME}.new`;
const OWNER_ONLY = 0o700;

/** Folder of the database of a chain. */
export const storeFolderOf = (directory: string, chain: string): string => join(directory, `saved-prices-${chain}`);

/** Whether a name in `--data-dir` is that of a database. */
export const isStoreFolderName = (name: string): boolean => /^saved-prices-[a-z0-9]+$/.test(name);

/**
 * Checks that a folder is a database of this program, or empty, without changing it. LevelDB itself
 * would follow links, wait for pipes and rewrite files of another program.
 * @returns whether the folder has its marker.
 * @throws {StoreError} if it is not; errors of the file system.
 */
export function checkStoreFolder(path: string): boolean {
  const kind = lstatSync(path, { throwIfNoEntry: false });
  if (kind === undefined) return false;
  if (kind.isSymbolicLink())
    throw new StoreError("not_a_file", `${path} is a symbolic link: replace it with the folder itself`);
  if (!kind.isDirectory()) throw new StoreError("not_a_file", `${path} is not a folder: move it away`);
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (cause) {
    throw asUnusable(path, cause);
  }
  for (const name of names)
    if (!lstatSync(join(path, name), { throwIfNoEntry: false })?.isFile())
      throw new StoreError("not_a_file", `${join(path, name)} is not a regular file: move ${path} away`);
  if (!names.includes(MARKER_NAME)) {
    if (names.every((name) => name === UNFINISHED_NAME)) return false;
    throw foreign(path);
  }
  let marker: string;
  try {
    marker = Buffer.from(readStart(join(path, MARKER_NAME), MARKER.length + 1)).toString();
  } catch (cause) {
    throw asUnusable(path, cause);
  }
  if (marker !== MARKER) throw foreign(path);
  return true;
}

/** Creates the folder and its marker if missing. @throws as {@link checkStoreFolder}. */
export function prepareStoreFolder(path: string): void {
  if (checkStoreFolder(path)) return;
  mkdirSync(path, { recursive: true, mode: OWNER_ONLY });
  const descriptor = openSync(join(path, UNFINISHED_NAME), "w", 0o600);
  try {
    const written = writeSync(descriptor, MARKER);
    if (written < MARKER.length) throw new StoreError("unusable", `${path} cannot be written: the disk is full`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(join(path, UNFINISHED_NAME), join(path, MARKER_NAME));
}

const foreign = (path: string): StoreError =>
  new StoreError("foreign", `${path} is not a database of saved prices: move it away, or choose another --data-dir`);

function asUnusable(path: string, cause: unknown): Error {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EPERM") return cause as Error;
  return new StoreError("unusable", `this user cannot read and write ${path}: change its permissions`, { cause });
}
