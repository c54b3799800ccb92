import { setTimeout as timer } from "node:timers/promises";

/** Resolves after `milliseconds`; rejects if `signal` aborts first. Tests inject their own. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Node's timers fire immediately for longer delays. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

/** The system's timer. Does not keep the process alive. */
export const systemSleep: Sleep = async (milliseconds, signal) => {
  for (let left = milliseconds; left > 0; left -= LONGEST_TIMER_MILLISECONDS)
    await timer(Math.min(left, LONGEST_TIMER_MILLISECONDS), undefined, { signal, ref: false });
  signal.throwIfAborted();
};

/** The system's clock in Unix seconds. */
export const systemNow = (): number => Date.now() / 1000;
