import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FeedEvent,
  openCaptureWriter,
  type RawTransactionMessage,
  readCapture,
  streamNodeFeed,
} from "@utxoracle/zmq-source";

const folder = mkdtempSync(join(tmpdir(), "capture-"));
const written: RawTransactionMessage = {
  topic: "rawtx",
  rawBytes: Uint8Array.of(1, 2, 3),
  timestamp: 1_700_000_000.5,
  counter: 7,
};
const writer = await openCaptureWriter(join(folder, "feed.capture"), { metadata: { chain: "main" } });
await writer.write(written);
await writer.close();
for await (const message of readCapture(join(folder, "feed.capture")))
  if (message.topic !== "rawtx" || message.rawBytes.length !== 3)
    throw new Error("the capture differs from what was written");
rmSync(folder, { recursive: true });

// Tests the native ZeroMQ socket. Port 9 (discard) has no publisher.
const ending = new AbortController();
const events: FeedEvent[] = [];
const feed = streamNodeFeed({
  endpoints: { rawtx: "tcp://127.0.0.1:9" },
  signal: ending.signal,
  onEvent: (event) => {
    events.push(event);
    if (event.type === "connect_failed") ending.abort();
  },
});
for await (const message of feed) throw new Error(`unexpected message ${message.topic}`);
const [first] = events;
if (first?.type !== "connect_failed") throw new Error("the failed connection was not reported");
console.log("zmq-source:", first.problem);
