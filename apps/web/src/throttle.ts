/**
 * Throttles `run`: runs it at once, then at most every `intervalMs`. Calls in between are merged
 * into one at the end of the interval.
 */
export function throttle(intervalMs: number, run: () => void): () => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  let isPlanned = false;
  const runNow = (): void => {
    isPlanned = false;
    lastMs = performance.now();
    run();
  };
  return () => {
    if (isPlanned) return;
    const waitMs = lastMs + intervalMs - performance.now();
    if (waitMs <= 0) runNow();
    else {
      isPlanned = true;
      setTimeout(runNow, waitMs);
    }
  };
}
