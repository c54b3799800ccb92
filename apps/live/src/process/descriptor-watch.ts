import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";

const PERIOD_MS = 5000;

/**
 * Logs when the process runs out of file descriptors, and when some are available again. Without
 * one, libuv closes new connections silently.
 */
export function watchDescriptors(log: Logger, signal: AbortSignal): void {
  let isExhausted = false;
  const timer = setInterval(() => {
    const before = isExhausted;
    isExhausted = !isDescriptorLeft();
    if (isExhausted && !before)
      logLine(log, "out of file descriptors; new connections are closed", {}, "raise ulimit -n or LimitNOFILE=");
    if (!isExhausted && before) logLine(log, "file descriptors available again");
  }, PERIOD_MS).unref();
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

function isDescriptorLeft(): boolean {
  try {
    closeSync(openSync(devNull, "r"));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EMFILE" || code === "ENFILE") return false;
    throw error;
  }
}
