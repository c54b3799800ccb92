import type { Stats } from "node:fs";
import { constants, type FileHandle, open, stat } from "node:fs/promises";
import { checkPath } from "./argument.ts";
import { CaptureError, fileError } from "./capture-error.ts";

/**
 * Opens a recording for reading. It must be a regular file, because it is read more than once.
 * Opening is non-blocking, so a pipe without a writer fails at once.
 *
 * @throws {CaptureError} `read_failed`; `invalid_option` unless it is a path.
 */
export async function openRecording(path: string): Promise<FileHandle> {
  checkPath(path);
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw fileError("read_failed", path, cause);
  }
  const kind = await file.stat();
  if (kind.isFile()) return file;
  await file.close();
  const remedy = kind.isFIFO()
    ? ": a recording is read more than once, so write it to a file first (gzip is supported)"
    : "";
  throw new CaptureError("read_failed", path, `is ${nameOf(kind)}, not a file${remedy}`);
}

/**
 * Rejects pipes, which would block until they have a reader, and other special files. A character
 * device may be overwritten.
 *
 * @throws {CaptureError} `write_failed` if the path exists and is not a regular file
 */
export async function checkWritable(path: string, ifExists: "fail" | "append" | "overwrite"): Promise<void> {
  const kind = await stat(path).catch(() => null);
  if (kind === null || kind.isFile() || (kind.isCharacterDevice() && ifExists === "overwrite")) return;
  throw new CaptureError("write_failed", path, `is ${nameOf(kind)}, not a file: name a file`);
}

/**
 * Restores the owner's read and write permission, which a umask may have removed from a new file.
 */
export async function ensureOwnerAccess(file: FileHandle): Promise<void> {
  const { mode } = await file.stat();
  if ((mode & OWNER_READS_AND_WRITES) !== OWNER_READS_AND_WRITES)
    await file.chmod((mode & 0o777) | OWNER_READS_AND_WRITES);
}

const OWNER_READS_AND_WRITES = 0o600;

function nameOf(kind: Stats): string {
  if (kind.isDirectory()) return "a folder";
  if (kind.isFIFO()) return "a pipe";
  return kind.isSocket() ? "a socket" : "a device";
}
