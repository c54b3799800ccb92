import { constants, fstatSync, openSync, writeSync } from "node:fs";

const STDERR = 2;
/** How long a line waits for a reader that is behind, ms: a terminal or a pipe takes a burst a piece at a time. */
const MOST_WAIT_MS = 50;
const WAIT_STEP_MS = 1;

/** Writes to a descriptor like `fs.writeSync`; a test hands in its own. */
export type WriteBytes = (bytes: Uint8Array) => number;

/**
 * Writes lines at once, and never throws: a diagnostic that cannot be written (full disk, closed pipe, reader that
 * stopped) must not end or stop the program. Lines are written in full or counted as lost.
 */
export class LineWriter {
  readonly #write: WriteBytes;
  /** The end of a line of which the beginning was written. */
  #rest: Uint8Array = new Uint8Array();
  #lostLines = 0;
  #reportedLines = 0;
  #isLosing = false;

  constructor(write: WriteBytes) {
    this.#write = write;
  }

  /** Lines that could not be written so far. */
  get lostLines(): number {
    return this.#lostLines;
  }

  /** Lines lost since the last call, once lines are written again; 0 before that. */
  takeLost(): number {
    if (this.#isLosing) return 0;
    const lost = this.#lostLines - this.#reportedLines;
    this.#reportedLines = this.#lostLines;
    return lost;
  }

  /** @param line with its newline. */
  write(line: string): void {
    this.#rest = this.#written(this.#rest);
    if (this.#rest.length > 0) {
      this.#lose();
      return;
    }
    const bytes = Buffer.from(line);
    const rest = this.#written(bytes);
    if (rest.length === bytes.length) {
      this.#lose();
      return;
    }
    this.#rest = rest;
    this.#isLosing = rest.length > 0;
  }

  #lose(): void {
    this.#lostLines += 1;
    this.#isLosing = true;
  }

  /** @returns what is left. */
  #written(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    // A reader that was behind at the last line is not waited for again until it has read something.
    for (let waitedMs = this.#isLosing ? MOST_WAIT_MS : 0; rest.length > 0; ) {
      try {
        const count = this.#write(rest);
        if (count === 0) return rest;
        rest = rest.subarray(count);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || waitedMs >= MOST_WAIT_MS) return rest;
        pause(WAIT_STEP_MS);
        waitedMs += WAIT_STEP_MS;
      }
    }
    return rest;
  }
}

/** A writer to this process's standard error. */
export function stderrLines(): LineWriter {
  const descriptor = unblockedStderr();
  return new LineWriter((bytes) => writeSync(descriptor, bytes));
}

/** A descriptor for stderr on which a write never waits for a reader. */
function unblockedStderr(): number {
  // Node.js 20's module loader mistakes the last plain result, of a pipe, for one of its own files.
  const kind = fstatSync(STDERR, { bigint: true });
  // Node.js sets a socket's flag when it makes the stream.
  if (kind.isSocket()) void process.stderr.writable;
  if (!kind.isFIFO() && !kind.isCharacterDevice()) return STDERR;
  try {
    // Opened again: the flag is not to reach other programs that share the pipe or the terminal.
    const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/dev/fd/${STDERR}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    // Not every system has the folder, and a pipe of another user may not be opened.
    return STDERR;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
