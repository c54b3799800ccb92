import { expect, it, onTestFinished } from "vitest";
import { type FeedMessage, streamNodeFeed } from "../src/index.ts";
import { bodyOf, Publisher } from "./publisher.ts";

const COUNT = 4_000;
const BODY_BYTES = 300;
/** Sixteen times what the messages are: the objects around them, and whatever else the process does. */
const MOST_GROWTH_BYTES = 16 * COUNT * BODY_BYTES;

it("messages that wait take memory by their own size, however small the pieces in which they come", async () => {
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
    // One at a time, as a node sends them: the next one goes out when this one is there.
    const next = await feed.next();
    if (next.done !== true) held.push(next.value);
  }
  expect(held).toHaveLength(COUNT);
  expect(process.memoryUsage().rss - before).toBeLessThan(MOST_GROWTH_BYTES);
});
