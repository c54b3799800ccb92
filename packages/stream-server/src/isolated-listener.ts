import type { StreamEvent } from "./stream-event.ts";

/**
 * Wraps a listener so that its errors and rejections do not reach the code that emits the event.
 */
export function isolatedListener(onEvent: (event: StreamEvent) => unknown): (event: StreamEvent) => void {
  let hasWarned = false;
  const warn = (error: unknown): void => {
    if (hasWarned) return;
    hasWarned = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(`onEvent failed (further failures are not reported): ${text}`, "StreamServerWarning");
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
