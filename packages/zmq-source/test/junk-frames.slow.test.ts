import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { streamNodeFeed } from "../src/index.ts";

const MIB = 2 ** 20;
/** The queue and ZeroMQ's buffers take at most 128 MiB; the rest is uncollected garbage. */
const MAX_GROWTH_MIB = 350;

it("junk messages of 1 MB stay within the memory limits", async () => {
  const publisher = fork(fileURLToPath(new URL("./junk-publisher.mjs", import.meta.url)), { execArgv: [] });
  onTestFinished(() => void publisher.kill("SIGKILL"));
  const [endpoint] = (await once(publisher, "message")) as [string];
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  let isLost = (): void => {};
  const lost = new Promise<void>((resolve) => {
    isLost = resolve;
  });
  const feed = streamNodeFeed({
    endpoints: { rawtx: endpoint },
    signal: ending.signal,
    onEvent: ({ type }) => type === "disconnected" && isLost(),
  });
  const before = process.memoryUsage().rss;
  let peak = before;
  while (feed.status().received.rawtx < 1500) {
    await feed.next();
    peak = Math.max(peak, process.memoryUsage().rss);
    // Consumes more slowly than messages arrive, while ZeroMQ keeps receiving.
    const end = performance.now() + 10;
    while (performance.now() < end);
    await new Promise(setImmediate);
  }
  expect(feed.status().dropped.rawtx).toBeGreaterThan(0);
  expect((peak - before) / MIB).toBeLessThan(MAX_GROWTH_MIB);
  publisher.kill("SIGKILL");
  const stall = performance.now() + 3000;
  while (performance.now() < stall);
  await lost;
});
