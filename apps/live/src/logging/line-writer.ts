import { constants, fstatSync, openSync, writeSync } from "node:fs";

const STDERR = 2;
/** Maximum wait for a full pipe or terminal, ms: bursts exceed their buffers. */
const MAX_WAIT_MS = 50;
const WAIT_STEP_MS = 1;

/** Signature of `fs.writeSync` with a fixed descriptor. */
export type WriteBytes = (bytes: Uint8Array) => number;

/**
 * Writes lines synchronously and never throws: a full disk, closed pipe or stopped reader must not
 * end or block the program. Writes a line completely or counts it as lost.
 */
export class LineWriter {
  readonly #write: WriteBytes;
  /** Unwritten end of a partly written line. */
  #rest: Uint8Array = new Uint8Array();
  #lostLines = 0;
  #reportedLines = 0;
  #isLosing = false;

  constructor(write: WriteBytes) {
    this.#write = write;
  }

  /** Number of lost lines. */
  get lostLines(): number {
    return this.#lostLines;
  }

  /** @returns the number of lines lost since the last call; 0 while lines are still being lost. */
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

  /** Writes as much as possible. @returns the rest. */
  #written(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    // After a lost line, waits again only when the reader has read something.
    for (let waitedMs = this.#isLosing ? MAX_WAIT_MS : 0; rest.length > 0; ) {
      try {
        const count = this.#write(rest);
        if (count === 0) return rest;
        rest = rest.subarray(count);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || waitedMs >= MAX_WAIT_MS) return rest;
        pause(WAIT_STEP_MS);
        waitedMs += WAIT_STEP_MS;
      }
    }
    return rest;
  }
}

/** Writes to stderr. */
export function stderrLines(): LineWriter {
  const descriptor = unblockedStderr();
  return new LineWriter((bytes) => writeSync(descriptor, bytes));
}

/** @returns a non-blocking descriptor for stderr. */
function unblockedStderr(): number {
  // bigint avoids a bug of Node.js 20: its module loader reuses the result of the last plain fstat.
  const kind = fstatSync(STDERR, { bigint: true });
  // Node.js makes a socket non-blocking when it creates the stream.
  if (kind.isSocket()) void process.stderr.writable;
  if (!kind.isFIFO() && !kind.isCharacterDevice()) return STDERR;
  try {
    // Opens it again, because O_NONBLOCK would also affect other programs that share the pipe or
    // terminal.
    const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/dev/fd/${STDERR}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    // Some systems have no /dev/fd, and a pipe of another user cannot be opened.
    return STDERR;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
