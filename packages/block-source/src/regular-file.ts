import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";

/**
 * Opens a regular file for reading. Unlike `openSync` alone it never waits for the writer of a
 * pipe.
 * @throws {Error} for a folder, a pipe, a socket or a device; what the file system throws.
 */
export function openRegularFile(path: string): number {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = fstatSync(descriptor);
  if (stats.isFile()) return descriptor;
  closeSync(descriptor);
  throw new Error(`it is ${kindOf(stats)}, not a file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a pipe";
  return stats.isSocket() ? "a socket" : "a device";
}
