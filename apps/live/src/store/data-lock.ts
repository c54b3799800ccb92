import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ExitCode, UserError } from "../config/user-error.ts";
import { isDiskError } from "./store-error.ts";

const LOCK_NAME = "utxoracle-live.lock";
/** How often the holder touches its lock, ms. */
const TOUCH_MS = 15_000;
/** A lock not touched for this time is stale, ms. */
const STALE_MS = 60_000;
/** Maximum size of a lock file. */
const LOCK_MAX_BYTES = 512;
const ATTEMPTS = 3;

/** The process that holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Locks a folder for this process, so that no two processes write to its files. A lock is stale if
 * its process has ended (on this host) or if it was not touched for a minute (the process was
 * killed on another host or in a container).
 * @param touch sets the times of the open lock file; default: the file system's.
 * @returns a function that releases the lock.
 * @throws {UserError} if another process holds the lock.
 */
export function lockDataDirectory(directory: string, touch = futimesSync): () => void {
  const path = join(directory, LOCK_NAME);
  for (let attempt = 1; ; attempt++) {
    const descriptor = createLock(path);
    if (descriptor !== null) return held(path, descriptor, touch);
    const holder = staleHolder(path);
    if (holder === "stale" && attempt < ATTEMPTS) {
      removeIfThere(path);
      continue;
    }
    const who = holder === "stale" ? "another process" : `process ${holder.pid} on ${holder.host}`;
    throw new UserError(
      `--data-dir: ${directory} is used by ${who}: stop it, or choose another --data-dir (lock file: ${path})`,
    );
  }
}

function held(path: string, descriptor: number, touch: typeof futimesSync): () => void {
  const { ino } = fstatSync(descriptor);
  const touches = setInterval(() => {
    const now = Date.now() / 1000;
    unlessDiskFails(() => touch(descriptor, now, now));
  }, TOUCH_MS);
  touches.unref();
  return () => {
    clearInterval(touches);
    // After a long pause of this process another one may hold the lock.
    unlessDiskFails(() => {
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) removeIfThere(path);
    });
    closeSync(descriptor);
  };
}

/** The lock becomes stale if the disk fails. What cannot be saved then is reported elsewhere. */
function unlessDiskFails(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isDiskError(error)) throw error;
  }
}

/** Creates the lock file. @returns its descriptor; null if it exists. */
function createLock(path: string): number | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx", 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return null;
    throw new UserError(`--data-dir: ${path} cannot be created (${(cause as Error).message})`, undefined, { cause });
  }
  try {
    writeSync(descriptor, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
  } catch (cause) {
    closeSync(descriptor);
    removeIfThere(path);
    if (!isDiskError(cause)) throw cause;
    throw new UserError(`--data-dir: ${path} cannot be written (${cause.message})`, ExitCode.failed, { cause });
  }
  return descriptor;
}

/**
 * Holder of the lock; "stale" if its process has ended.
 * @throws {UserError} if the file is not a lock.
 */
function staleHolder(path: string): Holder | "stale" {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "stale";
    throw new UserError(`--data-dir: the lock ${path} cannot be read (${(cause as Error).message})`, undefined, {
      cause,
    });
  }
  try {
    const kind = fstatSync(descriptor);
    if (!kind.isFile() || kind.size > LOCK_MAX_BYTES)
      throw new UserError(`--data-dir: ${path} is not a lock of this program: move it away`);
    const bytes = Buffer.alloc(LOCK_MAX_BYTES);
    const text = bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, LOCK_MAX_BYTES, 0));
    const holder = holderOf(text);
    const isOld = Date.now() - kind.mtimeMs > STALE_MS;
    // A lock file is empty for a moment while it is created. It stays empty if the process was
    // killed then.
    if (holder === null && !isOld && text !== "")
      throw new UserError(`--data-dir: ${path} is not a lock of this program: move it away`);
    if (isOld || holder === null) return isOld ? "stale" : { pid: 0, host: hostname() };
    return holder.host === hostname() && !isRunning(holder.pid) ? "stale" : holder;
  } finally {
    closeSync(descriptor);
  }
}

function holderOf(text: string): Holder | null {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : null;
  } catch {
    return null;
  }
}

/** A lock with the id of this process is from an earlier one, as in a restarted container. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
