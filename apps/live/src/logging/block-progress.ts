import type { Logger } from "pino";
import { logLine } from "./log-line.ts";
import type { LogMessage } from "./log-messages.ts";
import { WorkProgress } from "./work-progress.ts";

/** Time between two lines, ms. Shorter work logs none. */
const PERIOD_MS = 5_000;

/**
 * Logs `done` of `total` blocks and the time left while many blocks are loaded.
 * @param now milliseconds.
 */
export function blockProgress(
  log: Logger,
  message: LogMessage,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  const progress = new WorkProgress(now);
  let loggedAt = now();
  return (done, total) => {
    const state = progress.at(done, total);
    if (now() - loggedAt < PERIOD_MS || done >= total) return;
    loggedAt = now();
    logLine(log, message, state);
  };
}
