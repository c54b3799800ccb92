import { type BigIntStats, closeSync, constants, fstatSync, openSync, statSync } from "node:fs";

/** Something that is no file lies where one is needed. */
export class NotAFileError extends Error {
  override readonly name = "NotAFileError";
}

/** What lies there, for a message; null for a regular file. */
export function otherKind(kind: BigIntStats): string | null {
  if (kind.isFile()) return null;
  if (kind.isDirectory()) return "a folder";
  if (kind.isFIFO()) return "a pipe";
  if (kind.isSocket()) return "a socket";
  return "a device";
}

/** What lies at a path; null for a regular file and for nothing. @throws what the file system throws. */
export function otherKindAt(path: string): string | null {
  const kind = statSync(path, { throwIfNoEntry: false, bigint: true });
  return kind === undefined ? null : otherKind(kind);
}

/**
 * Opens a file to be read. Unlike `openSync` alone it never waits for the writer of a pipe.
 * @throws {NotAFileError} for a folder, a pipe, a socket or a device; what the file system throws.
 */
export function openFileToRead(path: string): number {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const other = otherKind(fstatSync(descriptor, { bigint: true }));
  if (other === null) return descriptor;
  closeSync(descriptor);
  throw new NotAFileError(`it is ${other}, not a file`);
}
