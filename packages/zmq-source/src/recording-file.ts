import type { Stats } from "node:fs";
import { constants, type FileHandle, open, stat } from "node:fs/promises";
import { CaptureError, fileError } from "./capture-error.ts";

/**
 * Opens a recording to be read. Only a regular file will do: it is read from its beginning more than once. Opening does
 * not wait for the writer of a pipe, so it ends at once whatever lies at the path.
 * @throws {CaptureError} `read_failed`.
 */
export async function openRecording(path: string): Promise<FileHandle> {
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
    ? ": a recording is read more than once, so write it to a file first (one packed by gzip is read as it is)"
    : "";
  throw new CaptureError("read_failed", path, `is ${nameOf(kind)}, not a file${remedy}`);
}

/**
 * A pipe would wait for its reader. A device may be overwritten, but is never mistaken for a file to keep.
 * @throws {CaptureError} `write_failed` when something other than a regular file is at the path.
 */
export async function checkWritable(path: string, ifExists: "fail" | "append" | "overwrite"): Promise<void> {
  const kind = await stat(path).catch(() => null);
  if (kind === null || kind.isFile() || (kind.isCharacterDevice() && ifExists === "overwrite")) return;
  throw new CaptureError("write_failed", path, `is ${nameOf(kind)}, not a file: name a file`);
}

/** A umask may forbid a new file to its owner, who will want to append to it or read it. */
export async function openToOwner(file: FileHandle): Promise<void> {
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
