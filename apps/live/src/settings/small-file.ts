import { closeSync, openSync, readSync } from "node:fs";
import { UserError } from "../user-error.ts";

/**
 * The content of a file that a setting names. Reads a pipe too (`--config <(…)`).
 * @param bytesMax a longer file is refused: it is another one than the setting asks for, or has no end.
 * @throws {UserError} naming the setting and the file.
 */
export function readSmallFile(setting: string, path: string, bytesMax: number): Uint8Array {
  const bytes = new Uint8Array(bytesMax + 1);
  let length = 0;
  try {
    const descriptor = openSync(path, "r");
    try {
      for (let got = -1; got !== 0 && length < bytes.length; length += got)
        got = readSync(descriptor, bytes, length, bytes.length - length, null);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new UserError(`--${setting}: ${path} cannot be read: ${reasonOf(cause)}`, undefined, { cause });
  }
  if (length > bytesMax)
    throw new UserError(`--${setting}: ${path} has more than ${bytesMax} bytes: is it another file?`);
  return bytes.slice(0, length);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "this user may not read it";
  return error instanceof Error ? error.message : String(error);
}
