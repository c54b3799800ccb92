import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";

/** ZeroMQ needs up to 12 for its context and a socket, and 4 for each further socket. */
const NEEDED = 16;

/**
 * ZeroMQ aborts the process if a file descriptor is missing while it opens a socket.
 * @throws {Error} if too few are left.
 */
export function checkDescriptors(): void {
  const opened: number[] = [];
  try {
    while (opened.length < NEEDED) opened.push(openSync(devNull, "r"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EMFILE" && code !== "ENFILE") throw cause;
    throw new Error(`too few file descriptors are left (${code})`, { cause });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
