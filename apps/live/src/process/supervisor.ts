/** How the long-running parts of the program hear of its end, and end it. */
export interface Supervisor {
  /** Aborts when the program is to end: at a signal, or at the first failure. */
  readonly signal: AbortSignal;
  /** An error that ends the program: it is logged, everything is closed, the exit code is not 0. */
  fail(part: string, error: unknown): void;
}

/** Resolves when a part has ended, however it did; an error ends the program. */
export async function supervised(
  { fail }: Pick<Supervisor, "fail">,
  part: string,
  end: Promise<unknown>,
): Promise<void> {
  await end.catch((error: unknown) => fail(part, error));
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Wraps a callback that a timer or a library calls: an error ends the program. */
export function guarded<Args extends unknown[]>(
  { fail }: Pick<Supervisor, "fail">,
  part: string,
  callback: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      callback(...args);
    } catch (error) {
      fail(part, error);
    }
  };
}
