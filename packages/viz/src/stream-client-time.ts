import type { StreamClientOptions } from "./stream-client-options.ts";

/** Clocks, timers and randomness of a client. */
export type StreamClientTime = Required<
  Pick<StreamClientOptions, "now" | "wallClock" | "random" | "setTimer" | "clearTimer">
>;

/** From the options; what they leave out is the platform's. */
export const timeOf = ({
  now = () => performance.now(),
  wallClock = Date.now,
  random = Math.random,
  setTimer = (run, delayMs) => setTimeout(run, delayMs),
  clearTimer = (timer) => clearTimeout(timer as number),
}: StreamClientOptions): StreamClientTime => ({
  now,
  wallClock,
  random,
  setTimer,
  clearTimer: (timer) => {
    if (timer !== null) clearTimer(timer);
  },
});
