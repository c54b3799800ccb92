/** Time source. Default: the process's monotonic clock and timers. Tests pass their own. */
export interface Clock {
  /** Monotonic time, ms. */
  now(): number;
  /** Calls `task` once after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` after pending I/O. Returns a function that cancels it. */
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
