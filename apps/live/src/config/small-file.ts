import { closeSync, constants, openSync, readSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { openFileToRead } from "./regular-file.ts";
import { isWideText } from "./text-encoding.ts";
import { UserError } from "./user-error.ts";

/** Content of pipes by path. */
const pipeContents = new Map<string, Uint8Array>();

/**
 * Reads a pipe in advance for {@link readSmallFile}, whose synchronous read would block signal
 * handlers until the writer is done. Ignores other kinds of files.
 * @param signal aborts reading.
 */
export async function readPipeAhead(path: string | undefined, bytesMax: number, signal: AbortSignal): Promise<void> {
  if (path === undefined || pipeContents.has(path)) return;
  // readSmallFile reports a path that is missing or forbidden.
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
  pipeContents.set(path, Buffer.concat(chunks));
}

/**
 * Reads the text file or pipe (`--config <(…)`) that a setting names.
 * @param setting name of the setting, for errors.
 * @param bytesMax maximum size. A larger file is probably the wrong one.
 * @throws {UserError} naming the setting and the file.
 */
export function readSmallFile(setting: string, path: string, bytesMax: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = pipeContents.get(path) ?? readStart(path, bytesMax + 1);
  } catch (cause) {
    throw new UserError(`--${setting}: ${path} cannot be read: ${reasonOf(cause)}`, undefined, { cause });
  }
  if (bytes.length > bytesMax)
    throw new UserError(`--${setting}: ${path} is larger than ${bytesMax} bytes; is it the right file?`);
  if (isWideText(bytes)) throw new UserError(`--${setting}: ${path} is UTF-16 text; save it as UTF-8`);
  return bytes;
}

/**
 * @returns at most the first `bytesMax` bytes of a file.
 * @throws {NotAFileError} for a device or pipe, on which a read may block.
 */
export function readStart(path: string, bytesMax: number): Uint8Array {
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
  if (code === "ENOENT") return "no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
