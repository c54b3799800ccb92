import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  openCaptureWriter,
  readCapture,
  readCaptureHeader,
  readHexLines,
  recognizeRecording,
  replay,
  streamMempoolTransactions,
  streamNodeFeed,
  subscriberAddress,
} from "../src/index.ts";

const address = "tcp://127.0.0.1:28332";
const feed = { endpoints: { rawtx: address } };
const none = undefined as never;

it.each<[string, () => unknown, RegExp]>([
  [
    "streamMempoolTransactions()",
    () => streamMempoolTransactions(none),
    /^options: must be an object such as .*endpoint.*not undefined/,
  ],
  ["streamMempoolTransactions(null)", () => streamMempoolTransactions(null as never), /not null$/],
  [
    "streamMempoolTransactions(address)",
    () => streamMempoolTransactions("tcp://127.0.0.1:28332" as never),
    /not a string$/,
  ],
  ["streamMempoolTransactions({})", () => streamMempoolTransactions({} as never), /^endpoint: /],
  ["streamNodeFeed()", () => streamNodeFeed(none), /^options: must be an object such as .*endpoints/],
  ["streamNodeFeed([])", () => streamNodeFeed([] as never), /not an array$/],
  ["one address", () => streamNodeFeed({ endpoints: [address] } as never), /^endpoints: .* not an array$/],
  ["an unknown option", () => streamNodeFeed({ ...feed, onevent: () => {} } as never), /^onevent: unknown .*onEvent/],
  ["no function", () => streamNodeFeed({ ...feed, now: 5 } as never), /^now: must be a function, not a number/],
  [
    "a controller",
    () => streamNodeFeed({ ...feed, signal: new AbortController() } as never),
    /^signal: must be the sig/,
  ],
  ["silence in seconds", () => streamNodeFeed({ ...feed, silence: 60 } as never), /^silence: must be an object/],
  [
    "silence.after",
    () => streamNodeFeed({ ...feed, silence: { after: 60 } } as never),
    /^silence.after: unknown option/,
  ],
  [
    "streamMempoolTransactions({ endpoints })",
    () => streamMempoolTransactions(feed as never),
    /^endpoints: unknown option; the options are endpoint/,
  ],
  ["no host", () => subscriberAddress("tcp://*:1", ""), /^host: must be a name or an address, not ""/],
  ["two hosts", () => subscriberAddress("tcp://*:1", "a b"), /^host: must be a name or an address/],
  ["a misspelled speed", () => replay([], { speeed: 2 } as never), /speeed: unknown option; .*speed/],
  ["a path", () => readCapture("file", "signal" as never).next(), /options must be an object, not a string/],
  ["a signal alone", () => readCapture("file", AbortSignal.abort() as never).next(), /options must be an object/],
  ["records of numbers", () => replay([5] as never).next(), /records must be objects with a timestamp/],
  ["a wrong ifExists", () => openCaptureWriter("file", { ifExists: "replace" } as never), /ifExists must be fail,/],
  ["a bigint", () => openCaptureWriter("file", { metadata: { a: 1n } }), /metadata must be an object that JSON has/],
  ["streamNodeFeed({})", () => streamNodeFeed({} as never), /^endpoints: must be an object/],
  ["replay()", () => replay(none), /records must be an iterable.*not undefined/],
  ["replay(records, null)", () => replay([], null as never), /options must be an object/],
  ["readCapture()", () => readCapture(none).next(), /path must be the path of a file, not undefined/],
  ["readCaptureHeader('')", () => readCaptureHeader(""), /path must be the path of a file, not empty/],
  ["recognizeRecording({})", () => recognizeRecording({} as never), /path must be the path of a file, not an object/],
  ["readHexLines()", () => readHexLines(none, none).next(), /path must be|options must be/],
  ["openCaptureWriter()", () => openCaptureWriter(none), /path must be the path of a file/],
  ["subscriberAddress()", () => subscriberAddress(none, "host"), /^published: must be a string/],
  ["subscriberAddress(address)", () => subscriberAddress("tcp://*:1", none), /^host: must be a string/],
])("%s names the wrong argument", async (_, call, message) => {
  await expect((async () => await call())()).rejects.toThrow(
    expect.objectContaining({ code: expect.any(String), message: expect.stringMatching(message) }),
  );
});

const payment = { topic: "rawtx", timestamp: 1, counter: 1, rawBytes: Uint8Array.of(1) };
const change = { topic: "sequence", timestamp: 1, counter: 1, label: "A", hash: "00".repeat(32), mempoolSequence: 1 };

it.each<[unknown, RegExp]>([
  [undefined, /message must be an object, not undefined/],
  [{ ...payment, topic: "hashtx" }, /topic must be one of rawtx, .*, not hashtx/],
  [{ ...payment, timestamp: 1_796_026_260_470 }, /timestamp must be Unix seconds/],
  [{ ...payment, timestamp: "1" }, /timestamp must be Unix seconds/],
  [{ ...payment, counter: undefined }, /counter must be a whole number below 2\^32, not undefined/],
  [{ ...payment, counter: -1 }, /counter must be a whole number/],
  [{ ...payment, rawBytes: "00" }, /rawBytes must be a Uint8Array, not a string/],
  [{ ...payment, rawBytes: new Uint8Array(0) }, /rawBytes must not be empty/],
  [{ ...change, hash: "zz" }, /hash must be 64 hex digits/],
  [{ ...change, label: "Q" }, /label must be C, D, A or R, not Q/],
  [{ ...change, mempoolSequence: undefined }, /mempoolSequence of A must be a whole number, not undefined/],
  [{ ...change, label: "C" }, /mempoolSequence of C must be null, not 1/],
])("a capture refuses %o", async (message, problem) => {
  const folder = mkdtempSync(join(tmpdir(), "capture-argument-"));
  const writer = await openCaptureWriter(join(folder, "feed.capture"));
  try {
    await expect(writer.write(message as never)).rejects.toThrow(problem);
    expect(writer.status().messages).toBe(0);
  } finally {
    await writer.close();
    rmSync(folder, { recursive: true });
  }
});
