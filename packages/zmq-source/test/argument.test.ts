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
