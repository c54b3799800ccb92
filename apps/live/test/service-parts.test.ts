import { describe, expect, it } from "vitest";
import { runService } from "../src/commands/service.ts";
import { loadSettings } from "../src/config/load.ts";
import { createLogger } from "../src/logging/create-logger.ts";
import { openDemoFeed } from "../src/sync/demo-feed.ts";
import type { NodeFeedParts } from "../src/sync/node-feed-options.ts";

const fail = (part: string, error: unknown): never => {
  throw new Error(`${part} failed`, { cause: error });
};

/** Options of the feed for a window length. */
async function partsOf(window: string): Promise<NodeFeedParts> {
  const { settings } = loadSettings("serve", new Map([["window", window]]), {}, undefined);
  const asked: NodeFeedParts[] = [];
  const run = runService({
    settings,
    openFeed: (parts) => {
      asked.push(parts);
      return Promise.reject(new Error("enough"));
    },
    log: createLogger({ format: "json", level: "error" }),
    lostLogLines: () => 0,
    version: "0.0.0",
    supervisor: { signal: new AbortController().signal, hasFailed: false, fail },
  });
  await expect(run).rejects.toThrow("enough");
  return asked[0] as NodeFeedParts;
}

describe("the service", () => {
  it.each(["43200", "10800", "10"])(
    "requests the blocks of a window of %s s, and at least of three hours",
    async (window) => {
      const { windowSeconds, blockSeconds } = await partsOf(window);
      expect(windowSeconds).toBe(Number(window));
      expect(blockSeconds).toBe(Math.max(Number(window), 10_800));
    },
  );

  it("stops at once while the simulation creates days of history", async () => {
    const { settings } = loadSettings("demo", new Map([["window", "172800"]]), {}, undefined);
    const log = createLogger({ format: "json", level: "error" });
    const stop = new AbortController();
    let steps = 0;
    const run = runService({
      settings,
      openFeed: (parts, signal) => {
        // Creating the history yields to the event loop every five minutes of it: 580 times.
        const watch = (): void => {
          if (++steps === 3) stop.abort();
          else setImmediate(watch);
        };
        setImmediate(watch);
        return openDemoFeed({ seed: settings.seed, log, signal, ...parts });
      },
      log,
      lostLogLines: () => 0,
      version: "0.0.0",
      supervisor: { signal: stop.signal, hasFailed: false, fail },
    });
    await run;
    expect(steps).toBe(3);
  });
});
