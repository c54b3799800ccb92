import { describe, expect, it } from "vitest";
import type { SilenceVerdict } from "../src/index.ts";
import { type SilenceWatch, watchSilence } from "../src/silence.ts";

/**
 * Runs the check until that second, with messages at the given seconds. Sleeping advances the
 * clock.
 */
async function watch(
  until: number,
  parts: { probe?: SilenceWatch["probe"]; connected?: boolean; messagesAt?: readonly number[] } = {},
): Promise<[silentSeconds: number, verdict: SilenceVerdict, cause: unknown][]> {
  let now = 0;
  const verdicts: [number, SilenceVerdict, unknown][] = [];
  const controller = new AbortController();
  const watching = watchSilence(
    {
      afterSeconds: 60,
      everySeconds: 15,
      probe: parts.probe,
      now: () => now,
      lastActivity: () =>
        parts.connected === false ? null : Math.max(0, ...(parts.messagesAt ?? []).filter((second) => second <= now)),
      onVerdict: (verdict, silentSeconds, cause) => verdicts.push([silentSeconds, verdict, cause]),
      async sleep(milliseconds) {
        now += milliseconds / 1000;
        if (now >= until) controller.abort();
        controller.signal.throwIfAborted();
      },
    },
    controller.signal,
  );
  await expect(watching).rejects.toThrow();
  return verdicts;
}

const answers = (...given: (string | Error)[]) => {
  let asked = 0;
  return {
    probe: () => {
      const answer = given[Math.min(asked++, given.length - 1)]!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    asked: () => asked,
  };
};

describe("watchSilence", () => {
  it("does not probe while messages arrive", async () => {
    const { probe, asked } = answers("a");
    expect(await watch(230, { probe, messagesAt: [30, 80, 130, 180] })).toEqual([]);
    expect(asked()).toBe(0);
  });

  it("reports quiet if the node has nothing new", async () => {
    const { probe } = answers("tip 5");
    const verdicts = await watch(100, { probe });
    expect(verdicts).toEqual([
      [75, "quiet", null],
      [90, "quiet", null],
    ]);
  });

  it("reports a dead feed only if nothing arrives within the grace time", async () => {
    const { probe } = answers("tip 5", "tip 6");
    const verdicts = await watch(90, { probe });
    expect(verdicts).toEqual([[77, "feed_dead", null]]);
    const late = answers("tip 5", "tip 6");
    expect(await watch(90, { probe: late.probe, messagesAt: [76.5] })).toEqual([]);
    expect(late.asked()).toBe(2);
  });

  it("reports an unreachable node with the error and probes again", async () => {
    const gone = new Error("refused");
    const { probe } = answers(gone, gone, "tip 5", "tip 5");
    const verdicts = await watch(110, { probe });
    expect(verdicts).toEqual([
      [60, "node_unreachable", gone],
      [75, "node_unreachable", gone],
      [105, "quiet", null],
    ]);
  });

  it("reports unknown without a probe, and nothing while disconnected", async () => {
    expect(await watch(70)).toEqual([[60, "unknown", null]]);
    expect(await watch(300, { connected: false })).toEqual([]);
  });
});
