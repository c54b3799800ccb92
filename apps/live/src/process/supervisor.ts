/** Stops the long-running parts of the program, and ends the program if one fails. */
export interface Supervisor {
  /** Aborts on a signal or the first failure. */
  readonly signal: AbortSignal;
  /** Whether a part has failed. */
  readonly hasFailed: boolean;
  /** Logs the error, stops all parts and exits with a nonzero code. */
  fail(part: string, error: unknown): void;
}

/** Resolves when a part has ended. A rejection ends the program. */
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

/** Wraps a callback of a timer or library, so that an error ends the program. */
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
