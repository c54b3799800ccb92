import { expect, it, onTestFinished } from "vitest";
import { type FeedMessage, streamNodeFeed } from "../src/index.ts";
import { bodyOf, Publisher } from "./publisher.ts";

const COUNT = 4_000;
const BODY_BYTES = 300;
/** Sixteen times the messages' size, to allow for objects and other memory of the process. */
const MOST_GROWTH_BYTES = 16 * COUNT * BODY_BYTES;

it("queued messages use memory in proportion to their size", async () => {
  const publisher = await Publisher.bind();
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
    publisher.close();
  });
  const feed = streamNodeFeed({ endpoints: { rawtx: publisher.endpoint }, signal: stop.signal });
  await publisher.subscribed();
  const held: FeedMessage[] = [];
  const before = process.memoryUsage().rss;
  for (let number = 0; number < COUNT; number++) {
    await publisher.publish("rawtx", bodyOf(number, BODY_BYTES));
    // One at a time, as a node sends them: waits for each to arrive.
    const next = await feed.next();
    if (next.done !== true) held.push(next.value);
  }
  expect(held).toHaveLength(COUNT);
  expect(process.memoryUsage().rss - before).toBeLessThan(MOST_GROWTH_BYTES);
});
