import { type BigIntStats, closeSync, constants, fstatSync, openSync, statSync } from "node:fs";

/** The path is a folder, pipe, socket or device. */
export class NotAFileError extends Error {
  override readonly name = "NotAFileError";
}

/** @returns the kind of a non-file for an error text, e.g. "a folder"; null for a regular file. */
export function nonFileKind(kind: BigIntStats): string | null {
  if (kind.isFile()) return null;
  if (kind.isDirectory()) return "a folder";
  if (kind.isFIFO()) return "a pipe";
  if (kind.isSocket()) return "a socket";
  return "a device";
}

/**
 * @returns as {@link nonFileKind}; null also if nothing is at the path.
 * @throws what the file system throws.
 */
export function nonFileKindAt(path: string): string | null {
  const kind = statSync(path, { throwIfNoEntry: false, bigint: true });
  return kind === undefined ? null : nonFileKind(kind);
}

/**
 * Opens a file for reading. Unlike `openSync` alone, never waits for the writer of a pipe.
 * @throws {NotAFileError} for a folder, a pipe, a socket or a device; what the file system throws.
 */
export function openFileToRead(path: string): number {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const other = nonFileKind(fstatSync(descriptor, { bigint: true }));
  if (other === null) return descriptor;
  closeSync(descriptor);
  throw new NotAFileError(`it is ${other}, not a file`);
}
