import type { SilenceVerdict } from "./event.ts";
import type { Sleep } from "./sleep.ts";

/** How the feed watches for silence. */
export interface SilenceOptions {
  /** Seconds without a message after which the node is asked; default 60. On the main chain they are rare, on test chains normal. */
  readonly afterSeconds?: number | undefined;
  /** Seconds between the questions while it stays silent; default 15. */
  readonly everySeconds?: number | undefined;
  /**
   * Asks the node, by another way than the feed, for anything that changes whenever the feed would have published:
   * the best block's hash with the mempool's size and bytes, say. Two answers that differ while nothing arrived prove
   * that the feed is dead. A rejection means that the node cannot be reached either. Without a probe the verdict on
   * every silence is `unknown`.
   */
  readonly probe?: ((signal: AbortSignal) => Promise<string>) | undefined;
}

/** What the watchdog sees of the feed and does to it. */
export interface SilenceWatch {
  readonly afterSeconds: number;
  readonly everySeconds: number;
  readonly probe: ((signal: AbortSignal) => Promise<string>) | undefined;
  readonly now: () => number;
  readonly sleep: Sleep;
  /** The oldest last sign of life among the connections that stand, Unix seconds; null while none stands: then there is nothing to find out. */
  readonly lastSign: () => number | null;
  readonly onVerdict: (verdict: SilenceVerdict, silentSeconds: number, cause: unknown) => void;
}

/** Time for a message to arrive that was published just before the second question. */
const GRACE_MILLISECONDS = 2_000;

/**
 * Asks the node whenever the feed has been silent for a while and tells the verdict, until the signal aborts.
 * Takes one answer as the base line and cries only when a later answer differs and still nothing has come.
 */
export async function watchSilence(watch: SilenceWatch, signal: AbortSignal): Promise<void> {
  let baseline: { readonly sign: number; readonly answer: string } | null = null;
  for (;;) {
    const sign = watch.lastSign();
    const silentSeconds = sign === null ? 0 : watch.now() - sign;
    if (sign === null || silentSeconds < watch.afterSeconds) {
      // A clock set back must not put the watch to sleep for longer than the span itself.
      const seconds = sign === null ? watch.everySeconds : watch.afterSeconds - Math.max(0, silentSeconds);
      await watch.sleep(Math.max(1, seconds * 1000), signal);
      continue;
    }
    if (watch.probe === undefined) {
      watch.onVerdict("unknown", silentSeconds, null);
    } else {
      const answer = await ask(watch.probe, signal);
      signal.throwIfAborted();
      if (answer.error !== null) {
        watch.onVerdict("node_unreachable", silentSeconds, answer.error);
      } else if (baseline === null || baseline.sign !== sign) {
        baseline = { sign, answer: answer.text };
      } else if (baseline.answer === answer.text) {
        watch.onVerdict("quiet", silentSeconds, null);
      } else {
        await watch.sleep(GRACE_MILLISECONDS, signal);
        if (watch.lastSign() === sign) watch.onVerdict("feed_dead", watch.now() - sign, null);
        baseline = null;
      }
    }
    await watch.sleep(watch.everySeconds * 1000, signal);
  }
}

async function ask(
  probe: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<{ text: string; error: null } | { text: null; error: NonNullable<unknown> }> {
  try {
    return { text: await probe(signal), error: null };
  } catch (error) {
    return { text: null, error: error ?? new Error("the probe failed without a reason") };
  }
}
