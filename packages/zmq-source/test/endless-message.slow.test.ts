import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { streamNodeFeed } from "../src/index.ts";

const MIB = 2 ** 20;
const ROUNDS = 2;
/**
 * The limit of 64 MiB and, at 100 MB a second, what arrives in checks that come two seconds late.
 */
const MAX_GROWTH_MIB = 300;

it("drops a connection with an endless message, repeatedly", async () => {
  const publisher = fork(fileURLToPath(new URL("./endless-publisher.mjs", import.meta.url)), { execArgv: [] });
  onTestFinished(() => void publisher.kill("SIGKILL"));
  const [endpoint] = (await once(publisher, "message")) as [string];
  const ending = new AbortController();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  onTestFinished(() => clearInterval(watch));
  const problems: string[] = [];
  const feed = streamNodeFeed({
    endpoints: { rawtx: endpoint },
    signal: ending.signal,
    onEvent: (event) => {
      if (event.type === "invalid_frame") problems.push(event.problem);
      if (problems.length === ROUNDS) ending.abort();
    },
  });
  expect(await feed.next()).toEqual({ done: true, value: undefined });
  expect(new Set(problems)).toEqual(new Set(["a message without an end"]));
  expect((peak - before) / MIB).toBeLessThan(MAX_GROWTH_MIB);
});
