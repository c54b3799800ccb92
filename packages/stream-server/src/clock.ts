/** Where the server takes its time from. Tests pass their own; the default is the process's monotonic clock and timers. */
export interface Clock {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Calls `task` once after `delayMs`; the result cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` after pending input and output had their turn; the result cancels it. */
  afterIo(task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  afterIo(task) {
    const immediate = setImmediate(task);
    return () => clearImmediate(immediate);
  },
};
