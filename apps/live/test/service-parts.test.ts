import { describe, expect, it } from "vitest";
import type { NodeFeedParts } from "../src/feed/node-feed.ts";
import { createLogger } from "../src/logging/create-logger.ts";
import { runService } from "../src/service/service.ts";
import { loadSettings } from "../src/settings/load.ts";

/** What the service asks of its feed with a window of so many seconds. */
async function partsOf(window: string): Promise<NodeFeedParts> {
  const { settings } = loadSettings("service", new Map([["window", window]]), {}, undefined);
  const asked: NodeFeedParts[] = [];
  const run = runService({
    settings,
    openFeed: (parts) => {
      asked.push(parts);
      return Promise.reject(new Error("enough"));
    },
    log: createLogger({ format: "json", level: "error" }),
    version: "0.0.0",
    signal: new AbortController().signal,
  });
  await expect(run).rejects.toThrow("enough");
  return asked[0] as NodeFeedParts;
}

describe("the service", () => {
  it.each(["43200", "10800", "10"])(
    "asks for the blocks of a window of %s s, and of three hours at least",
    async (window) => {
      const { windowSeconds, blockSeconds } = await partsOf(window);
      expect(windowSeconds).toBe(Number(window));
      expect(blockSeconds).toBe(Math.max(Number(window), 10_800));
    },
  );
});
