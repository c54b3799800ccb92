import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { EstimatorError, MempoolAnalyzer } from "../src/index.ts";
import { ByteReader, ByteWriter } from "../src/window/byte-stream.ts";
import { payment } from "./payment.ts";

// Saved bytes whose checksum is right and which save() did not write: made by another program, or
// by someone who means ill.

const NOW = 1_710_000_000;
const ids = ["1", "2"].map((digit) => digit.padStart(64, "0"));
/** Magic, version, checksum. */
const HEADER_BYTES = 12;

function saved(): Buffer {
  const analyzer = new MempoolAnalyzer({ engine: "reference" });
  for (const id of ids) analyzer.addTransaction(payment(id, NOW, [0.01, 0.02]));
  return Buffer.from(analyzer.save());
}

const headBytes = (bytes: Buffer): number => 4 + 2 * bytes.readUInt32LE(HEADER_BYTES);
/** A record: place, state, kind of id, 32 bytes of id, time, amounts and what they are. */
const recordsAt = (bytes: Buffer): number => HEADER_BYTES + headBytes(bytes);
const RECORD_BYTES = 1 + 1 + 1 + 32 + 8 + 1 + 16;

/** The bytes after a change, with a checksum that is right. */
function forged(change: (bytes: Buffer) => Buffer | undefined): Uint8Array {
  const bytes = saved();
  const changed = change(bytes) ?? bytes;
  changed.writeUInt32LE(crc32(changed.subarray(HEADER_BYTES)), 8);
  return new Uint8Array(changed);
}

type Head = Record<string, unknown> & { counts: { received: number } };

function withHead(bytes: Buffer, change: (head: Head) => unknown): Buffer {
  const text = bytes.subarray(HEADER_BYTES + 4, recordsAt(bytes)).toString("utf16le");
  const head = JSON.stringify(change(JSON.parse(text)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const begin = bytes.subarray(0, HEADER_BYTES);
  return Buffer.concat([begin, length, Buffer.from(head, "utf16le"), bytes.subarray(recordsAt(bytes))]);
}

function refusal(bytes: Uint8Array): EstimatorError {
  try {
    MempoolAnalyzer.restore(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(EstimatorError);
    expect((error as EstimatorError).code).toBe("invalid_saved_state");
    return error as EstimatorError;
  }
  throw new Error("nothing was refused");
}

describe("forged saved bytes", () => {
  it("are built correctly by this test", () => {
    expect(recordsAt(saved()) + 2 * RECORD_BYTES).toBe(saved().length);
    expect(MempoolAnalyzer.restore(forged(() => undefined)).getStats()).toMatchObject({ activeTxCount: 2 });
  });

  it.each<[string, (bytes: Buffer) => Buffer | undefined, string]>([
    ["a place that there is not", (bytes) => void bytes.writeUInt8(2, recordsAt(bytes)), "record 0 is not valid"],
    ["a state that there is not", (bytes) => void bytes.writeUInt8(9, recordsAt(bytes) + 1), "record 0 is not valid"],
    [
      "an expired one in the window",
      (bytes) => void bytes.writeUInt8(5, recordsAt(bytes) + 1),
      "record 0 is not valid",
    ],
    [
      "one id twice",
      (bytes) => {
        const at = recordsAt(bytes);
        bytes.copy(bytes, at + RECORD_BYTES, at, at + RECORD_BYTES);
      },
      "record 1 is not valid",
    ],
    ["something behind the last record", (bytes) => Buffer.concat([bytes, Buffer.of(0)]), "counts do not add up"],
    [
      "one received more than there are",
      (bytes) => withHead(bytes, ({ counts, ...head }) => ({ ...head, counts: { ...counts, received: 3 } })),
      "counts do not add up",
    ],
    [
      "one more active than there are",
      (bytes) =>
        withHead(bytes, (head) => ({ ...head, counts: { ...head.counts, active: 3, received: 3 }, arrivals: 3 })),
      "counts do not add up",
    ],
    ["more payments than ever came", (bytes) => withHead(bytes, (head) => ({ ...head, arrivals: 1 })), "do not add up"],
    ["a head that is null", (bytes) => withHead(bytes, () => null), "received is undefined"],
    ["a head without counts", (bytes) => withHead(bytes, () => ({ entries: 2 })), "received is undefined"],
    [
      "a count below 0",
      (bytes) => withHead(bytes, (head) => ({ ...head, counts: { ...head.counts, removed: -1, received: 1 } })),
      "removed is -1",
    ],
    ["a count that is text", (bytes) => withHead(bytes, (head) => ({ ...head, forgotten: "0" })), 'forgotten is "0"'],
    ["an engine that there is not", (bytes) => withHead(bytes, (head) => ({ ...head, engine: "best" })), "settings"],
    ["no window", (bytes) => withHead(bytes, (head) => ({ ...head, windowSeconds: 0 })), "settings"],
    ["a price in text", (bytes) => withHead(bytes, (head) => ({ ...head, lastPriceUsd: "5" })), 'lastPriceUsd is "5"'],
    ["a price of 0", (bytes) => withHead(bytes, (head) => ({ ...head, lastPriceUsd: 0 })), "lastPriceUsd is 0"],
    ["a time before 1970", (bytes) => withHead(bytes, (head) => ({ ...head, lastTime: -1 })), "lastTime is -1"],
    ["fewer records than they say", (bytes) => bytes.subarray(0, bytes.length - RECORD_BYTES), "read to their end"],
    ["no head", (bytes) => bytes.subarray(0, HEADER_BYTES), "read to their end"],
    ["a head that is no JSON", (bytes) => void bytes.writeUInt8(0x21, HEADER_BYTES + 4), "read to their end"],
    ["a head longer than any", (bytes) => void bytes.writeUInt32LE(4097, HEADER_BYTES), "read to their end"],
    ["version 0", (bytes) => void bytes.writeUInt32LE(0, 4), "version 0"],
  ])("are refused with %s", (_, change, words) => {
    const error = refusal(forged(change));
    expect(error.message).toContain(words);
    // A reading error tells its own cause.
    if (words === "read to their end" || words === "settings") expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("a saved window without any time", () => {
  it("restores ids that were seen before any time was known", () => {
    const analyzer = new MempoolAnalyzer();
    analyzer.seenTxids.add("early");
    const restored = MempoolAnalyzer.restore(analyzer.save());
    expect(restored.seenTxids.has("early")).toBe(true);
    expect(restored.getStats()).toEqual(analyzer.getStats());
    expect(restored.addTransaction(payment("early", NOW, [0.01]))).toBe(true);
    expect(restored.getStats(NOW)).toMatchObject({ totalReceived: 1, totalFiltered: 0, activeTxCount: 1 });
  });

  it("accepts a payment of the first second of Unix time", () => {
    const analyzer = new MempoolAnalyzer();
    expect(analyzer.addTransaction(payment("first", 0, [0.01]))).toBe(true);
    expect(MempoolAnalyzer.restore(analyzer.save()).getStats(0)).toMatchObject({ activeTxCount: 1 });
  });
});

describe("the byte writer and reader", () => {
  it("return what was written, wherever the buffer had to grow", () => {
    const texts = ["", "x".repeat(20_000), "a\u{1F4B8}\u{d800}", "y".repeat(2040)];
    for (let ahead = 0; ahead < 40; ahead++) {
      const writer = new ByteWriter();
      for (let n = 0; n < ahead; n++) writer.uint8(n);
      for (let n = 0; n < 700; n++) {
        writer.uint32(0xffffffff - n);
        writer.uint8(n % 256);
        writer.float64(n / 3);
      }
      for (const text of texts) writer.text(text);
      for (let n = 0; n < 5000; n++) writer.uint8(n % 251);
      const reader = new ByteReader(writer.finish());
      for (let n = 0; n < ahead; n++) expect(reader.uint8()).toBe(n);
      for (let n = 0; n < 700; n++)
        if (reader.uint32() !== 0xffffffff - n || reader.uint8() !== n % 256 || reader.float64() !== n / 3)
          throw new Error(`the values of round ${n} are others`);
      for (const text of texts) expect(reader.text(20_000)).toBe(text);
      for (let n = 0; n < 5000; n++) if (reader.uint8() !== n % 251) throw new Error(`byte ${n} is another`);
      expect(reader.atEnd).toBe(true);
    }
  });

  it("return a text up to the maximum length, and fail for a longer one", () => {
    const writer = new ByteWriter();
    writer.text("12345");
    expect(new ByteReader(writer.finish()).text(5)).toBe("12345");
    expect(() => new ByteReader(writer.finish()).text(4)).toThrow("a text of 5 characters");
    expect(new ByteReader(writer.finish()).atEnd).toBe(false);
  });
});
