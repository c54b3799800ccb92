import { closeSync, constants, openSync, readSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { openFileToRead } from "./regular-file.ts";
import { UserError } from "./user-error.ts";

/** What was read from pipes, by their paths. */
const readAhead = new Map<string, Uint8Array>();

/**
 * Reads a pipe for {@link readSmallFile}, which would wait for its writer and hear no signal meanwhile. Does nothing for
 * anything else.
 * @param signal ends it.
 */
export async function readPipeAhead(path: string | undefined, bytesMax: number, signal: AbortSignal): Promise<void> {
  if (path === undefined || readAhead.has(path)) return;
  // What cannot be looked at is reported where it is read.
  const kind = await stat(path).catch(() => null);
  if (kind?.isFIFO() !== true) return;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = new Socket({ fd, readable: true, writable: false, signal });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of pipe) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > bytesMax) break;
  }
  readAhead.set(path, Buffer.concat(chunks));
}

/**
 * The content of a file that a setting names, or of a pipe (`--config <(…)`).
 * @param bytesMax a longer file is refused: it is another one than the setting asks for, or has no end.
 * @throws {UserError} naming the setting and the file.
 */
export function readSmallFile(setting: string, path: string, bytesMax: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readAhead.get(path) ?? beginningOf(path, bytesMax + 1);
  } catch (cause) {
    throw new UserError(`--${setting}: ${path} cannot be read: ${reasonOf(cause)}`, undefined, { cause });
  }
  if (bytes.length > bytesMax)
    throw new UserError(`--${setting}: ${path} has more than ${bytesMax} bytes: is it another file?`);
  return bytes;
}

/** The first bytes of a file. @throws {NotAFileError} for what could keep the process waiting. */
function beginningOf(path: string, bytesMax: number): Uint8Array {
  const bytes = new Uint8Array(bytesMax);
  let length = 0;
  const descriptor = openFileToRead(path);
  try {
    for (let got = -1; got !== 0 && length < bytes.length; length += got)
      got = readSync(descriptor, bytes, length, bytes.length - length, null);
  } finally {
    closeSync(descriptor);
  }
  return bytes.slice(0, length);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "this user may not read it";
  return error instanceof Error ? error.message : String(error);
}
