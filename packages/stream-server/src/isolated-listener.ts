import type { StreamEvent } from "./stream-event.ts";

/** The listener, so that what it throws, or a promise of it that is rejected, does not reach whoever emits an event. */
export function isolatedListener(onEvent: (event: StreamEvent) => unknown): (event: StreamEvent) => void {
  let hasWarned = false;
  const warn = (error: unknown): void => {
    if (hasWarned) return;
    hasWarned = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(`onEvent failed, and may do so again without a warning: ${text}`, "StreamServerWarning");
  };
  return (event) => {
    try {
      const result = onEvent(event);
      if (result instanceof Promise) result.catch(warn);
    } catch (error) {
      warn(error);
    }
  };
}
