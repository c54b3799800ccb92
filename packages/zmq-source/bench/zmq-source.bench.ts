// Messages per second of the feed, of a bare zeromq loop, and of a capture.
// Asserts that every message arrived in order. Never fails because of a time.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Subscriber } from "zeromq";
import { type FeedMessage, openCaptureWriter, readCapture, replay, streamNodeFeed } from "../src/index.ts";

const count = Number(process.env["MESSAGES"] ?? 200_000);
const bytes = Number(process.env["BYTES"] ?? 400);

async function withPublisher<T>(action: (endpoint: string) => Promise<T>): Promise<T> {
  const publisher = fork(fileURLToPath(new URL("./publisher-process.ts", import.meta.url)), [`${count}`, `${bytes}`]);
  try {
    const [endpoint] = (await once(publisher, "message")) as [string];
    return await action(endpoint);
  } finally {
    publisher.disconnect();
  }
}

function report(name: string, begin: number): number {
  const rate = count / ((performance.now() - begin) / 1000);
  console.log(`${name.padEnd(44)} ${Math.round(rate).toLocaleString("en").padStart(9)} messages/s`);
  return rate;
}

async function bareLoop(endpoint: string): Promise<number> {
  const socket = new Subscriber({ receiveHighWaterMark: 0 });
  socket.subscribe("rawtx");
  socket.connect(endpoint);
  let begin = 0;
  for (let received = 0; received < count; received++) {
    const [, , counter] = await socket.receive();
    if (received === 0) begin = performance.now();
    assert.equal(counter?.readUInt32LE(), received);
  }
  socket.close();
  return report("bare zeromq loop", begin);
}

async function feedLoop(endpoint: string): Promise<number> {
  const feed = streamNodeFeed({ endpoints: { rawtx: endpoint }, maxQueuedMessages: count, maxQueuedBytes: 2 ** 31 });
  let begin = 0;
  let received = 0;
  for await (const message of feed) {
    if (received === 0) begin = performance.now();
    assert.equal(message.counter, received);
    received += 1;
    if (received === count) break;
  }
  const { missed, dropped, invalidFrames } = feed.status();
  assert.deepEqual([missed.rawtx, dropped.rawtx, invalidFrames], [0, 0, 0]);
  return report("streamNodeFeed", begin);
}

// Alternates and takes the best run of each, because other load slows single runs.
const rates = { bare: 0, feed: 0 };
for (let round = 0; round < 3; round++) {
  rates.bare = Math.max(rates.bare, await withPublisher(bareLoop));
  rates.feed = Math.max(rates.feed, await withPublisher(feedLoop));
}
console.log(`streamNodeFeed / bare loop, best of three: ${(rates.feed / rates.bare).toFixed(2)}`);

const folder = await mkdtemp(join(tmpdir(), "zmq-source-bench-"));
const path = join(folder, "bench.capture");
const messages: FeedMessage[] = Array.from({ length: count }, (_, counter) => {
  const rawBytes = new Uint8Array(bytes);
  // Half random bytes, which do not compress, like signatures and hashes.
  crypto.getRandomValues(rawBytes.subarray(0, bytes / 2));
  return { topic: "rawtx", rawBytes, timestamp: 1_700_000_000 + counter / 7, counter };
});
const writing = performance.now();
const writer = await openCaptureWriter(path);
for (const message of messages) await writer.write(message);
await writer.close();
report("capture written", writing);
console.log(`bytes in the file per message of ${bytes}: ${(writer.status().fileBytes / count).toFixed(0)}`);
const reading = performance.now();
let read = 0;
for await (const message of replay(readCapture(path), { speed: "max" })) {
  assert.equal(message.counter, read);
  read += 1;
}
assert.equal(read, count);
report("capture replayed at full speed", reading);
await rm(folder, { recursive: true });
