import type { SilenceVerdict } from "./event.ts";
import type { Sleep } from "./sleep.ts";

/** Options of the silence check. */
export interface SilenceOptions {
  /**
   * Seconds without a message before the probe is called; default 60. Rare on the main chain,
   * normal on test chains.
   */
  readonly afterSeconds?: number | undefined;
  /** Seconds between probes during silence; default 15. */
  readonly everySeconds?: number | undefined;
  /**
   * Queries the node outside the feed and returns any text that changes whenever the feed would
   * publish, such as the best block hash with the mempool's size. If two results differ while
   * nothing arrived, the feed is dead. A rejection means that the node is unreachable. Without a
   * probe, the verdict of every silence is `unknown`.
   */
  readonly probe?: ((signal: AbortSignal) => Promise<string>) | undefined;
}

/** Access of the silence check to the feed. */
export interface SilenceWatch {
  readonly afterSeconds: number;
  readonly everySeconds: number;
  readonly probe: ((signal: AbortSignal) => Promise<string>) | undefined;
  readonly now: () => number;
  readonly sleep: Sleep;
  /**
   * Last activity of the connection that has been silent longest, Unix seconds; null if none is
   * connected.
   */
  readonly lastActivity: () => number | null;
  readonly onVerdict: (verdict: SilenceVerdict, silentSeconds: number, cause: unknown) => void;
}

/** Time for a message to arrive that was published just before the second probe. */
const GRACE_MILLISECONDS = 2_000;

/**
 * Probes the node when the feed is silent and reports the verdict, until the signal aborts. The
 * first result is the baseline; the feed is dead if a later result differs and still nothing has
 * arrived.
 */
export async function watchSilence(watch: SilenceWatch, signal: AbortSignal): Promise<void> {
  let baseline: { readonly time: number; readonly answer: string } | null = null;
  for (;;) {
    const time = watch.lastActivity();
    const silentSeconds = time === null ? 0 : watch.now() - time;
    if (time === null || silentSeconds < watch.afterSeconds) {
      // Limits the wait if the clock was set back.
      const seconds = time === null ? watch.everySeconds : watch.afterSeconds - Math.max(0, silentSeconds);
      await watch.sleep(Math.max(1, seconds * 1000), signal);
      continue;
    }
    if (watch.probe === undefined) {
      watch.onVerdict("unknown", silentSeconds, null);
    } else {
      const answer = await runProbe(watch.probe, signal);
      signal.throwIfAborted();
      if (answer.error !== null) {
        watch.onVerdict("node_unreachable", silentSeconds, answer.error);
      } else if (baseline === null || baseline.time !== time) {
        baseline = { time, answer: answer.text };
      } else if (baseline.answer === answer.text) {
        watch.onVerdict("quiet", silentSeconds, null);
      } else {
        await watch.sleep(GRACE_MILLISECONDS, signal);
        if (watch.lastActivity() === time) watch.onVerdict("feed_dead", watch.now() - time, null);
        baseline = null;
      }
    }
    await watch.sleep(watch.everySeconds * 1000, signal);
  }
}

async function runProbe(
  probe: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<{ text: string; error: null } | { text: null; error: NonNullable<unknown> }> {
  try {
    return { text: await probe(signal), error: null };
  } catch (error) {
    return { text: null, error: error ?? new Error("the probe failed without a reason") };
  }
}
