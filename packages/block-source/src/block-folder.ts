import { closeSync, fstatSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { BlockSourceError } from "./error.ts";
import { openRegularFile } from "./regular-file.ts";

const FILE_NAME = /^blk(\d{5,})\.dat$/;
const KEY_NAME = "xor.dat";
const KEY_BYTES = 8;

/**
 * The blk*.dat files of a node's `blocks` folder, by number.
 * @throws {BlockSourceError} `no_block_files`.
 */
export function blockFiles(directory: string): { readonly path: string; readonly number: number }[] {
  const files = folderNames(directory)
    .flatMap((name) => {
      const number = FILE_NAME.exec(name)?.[1];
      return number === undefined ? [] : [{ path: join(directory, name), number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number);
  if (files.length > 0) return files;
  throw new BlockSourceError(
    "no_block_files",
    `${directory} holds no blk*.dat files: name the "blocks" folder of the node's data`,
  );
}

/**
 * The key that the files of a folder are XORed with; zeros without `xor.dat`.
 * @throws {BlockSourceError} `bad_xor_key`, `no_block_files`.
 */
export function obfuscationKey(directory: string): Uint8Array {
  return folderNames(directory).includes(KEY_NAME) ? readKey(join(directory, KEY_NAME)) : new Uint8Array(KEY_BYTES);
}

/** Notice of a block whose end is missing. */
export const tornNotice = (path: string, offset: number): string =>
  `${path}: the block at ${offset} is incomplete (being written, or cut off) and is skipped`;

function folderNames(directory: string): string[] {
  if (typeof directory !== "string")
    throw new TypeError(`directory must be the path of a node's "blocks" folder, got ${typeof directory}`);
  try {
    return readdirSync(directory);
  } catch (cause) {
    throw new BlockSourceError("no_block_files", `${directory} cannot be read (${(cause as Error).message})`, {
      cause,
    });
  }
}

function readKey(path: string): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  let size: number;
  try {
    const descriptor = openRegularFile(path);
    ({ size } = fstatSync(descriptor));
    readSync(descriptor, key);
    closeSync(descriptor);
  } catch (cause) {
    throw new BlockSourceError("bad_xor_key", `${path} cannot be read (${(cause as Error).message})`, { cause });
  }
  if (size === KEY_BYTES) return key;
  throw new BlockSourceError("bad_xor_key", `${path} has ${size} bytes; the key of block files has ${KEY_BYTES}`);
}
