import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import type { Logger } from "pino";

const PERIOD_MS = 5000;

/**
 * Logs when the process has no file descriptor left, and when it has some again. The system then closes new connections
 * without a word to the server, so nothing else would tell.
 */
export function watchDescriptors(log: Logger, signal: AbortSignal): void {
  let isExhausted = false;
  const timer = setInterval(() => {
    const before = isExhausted;
    isExhausted = !isDescriptorLeft();
    if (isExhausted && !before)
      log.error("no file descriptor left, new connections are closed: raise the limit with ulimit -n or LimitNOFILE=");
    if (!isExhausted && before) log.info("file descriptors available again");
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
