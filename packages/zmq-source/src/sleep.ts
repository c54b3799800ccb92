import { setTimeout as timer } from "node:timers/promises";

/** Resolves after `milliseconds`, rejects when `signal` aborts first. Tests inject their own. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** The system's timer; it does not keep a process alive. */
export const systemSleep: Sleep = (milliseconds, signal) => timer(milliseconds, undefined, { signal, ref: false });

/** The system's clock in Unix seconds. */
export const systemNow = (): number => Date.now() / 1000;
