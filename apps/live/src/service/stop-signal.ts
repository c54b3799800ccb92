/** What a stop needs of the process; a test hands in an emitter. */
export interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

/**
 * An AbortSignal that aborts at the first SIGINT or SIGTERM. At the second one `onImpatience` is called: whoever asks
 * twice does not want to wait for a clean end.
 */
export function stopSignal(
  processLike: SignalSource,
  onImpatience: () => void,
): { readonly signal: AbortSignal; stop(): void; release(): void } {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) onImpatience();
    else controller.abort();
  };
  processLike.on("SIGINT", listener);
  processLike.on("SIGTERM", listener);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    release: () => {
      processLike.off("SIGINT", listener);
      processLike.off("SIGTERM", listener);
    },
  };
}

/** Waits until the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
