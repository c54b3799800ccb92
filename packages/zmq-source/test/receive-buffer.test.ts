import { expect, it, onTestFinished } from "vitest";
import { streamNodeFeed } from "../src/index.ts";
import { bodyOf, Publisher } from "./publisher.ts";

const MESSAGES = 120;
const BODY_BYTES = 1_000_000;
/** Time for ZeroMQ's threads to move a message, ms. */
const STEP_MS = 5;
/** 16 messages in ZeroMQ's buffer; the others are in the buffers of the operating system. */
const MOST_HELD = 60;

it("ZeroMQ holds few messages while this process is busy, and the publisher drops the rest", async () => {
  const publisher = await Publisher.bind(undefined, 1);
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
    publisher.close();
  });
  const feed = streamNodeFeed({ endpoints: { rawtx: publisher.endpoint }, signal: stop.signal });
  await publisher.subscribed();
  for (let number = 0; number < MESSAGES; number++) {
    // Not awaited: the feed gets no turn.
    void publisher.publish("rawtx", bodyOf(number, BODY_BYTES));
    for (const end = performance.now() + STEP_MS; performance.now() < end; );
  }
  // Its number tells the end; it is sent again until it arrives.
  const end = bodyOf(MESSAGES);
  const sending = setInterval(() => void publisher.publish("rawtx", end), 20);
  onTestFinished(() => clearInterval(sending));
  let held = 0;
  for await (const message of feed) {
    if (!("rawBytes" in message) || message.rawBytes.length === end.length) break;
    held++;
  }
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(MOST_HELD);
});
