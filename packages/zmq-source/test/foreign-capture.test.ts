import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packMember } from "../src/capture-member.ts";
import { CaptureError, openCaptureWriter, readCapture, readCaptureHeader, readHexLines, replay } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

// Files that can be unpacked but were written by another program, by a later version or by mistake.

const file = temporaryFolder();
const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
const checked = (bytes: Buffer): Buffer => Buffer.concat([bytes, u32(crc32(bytes))]);

function header({ version = 1, metadata = "{}", length = 0 } = {}): Buffer {
  return checked(
    Buffer.concat([
      Buffer.from("UTXOCAP\n"),
      u16(version),
      u16(0),
      u32(length || metadata.length),
      Buffer.from(metadata),
    ]),
  );
}

function record(
  topic: number,
  body: Uint8Array,
  { length = body.length, time = 1_700_000_000 }: { length?: number; time?: number } = {},
): Buffer {
  const timeBytes = Buffer.alloc(8);
  timeBytes.writeDoubleLE(time);
  return checked(Buffer.concat([u32(length), Buffer.of(topic), timeBytes, u32(7), body]));
}

async function capture(...members: Buffer[]): Promise<string> {
  const path = file("foreign.capture");
  await writeFile(path, Buffer.concat(await Promise.all(members.map(packMember))));
  return path;
}

async function read(path: string, signal?: AbortSignal): Promise<{ count: number; error: CaptureError | null }> {
  let count = 0;
  try {
    for await (const _ of readCapture(path, signal === undefined ? {} : { signal })) count += 1;
  } catch (error) {
    return { count, error: error as CaptureError };
  }
  return { count, error: null };
}

const transaction = record(1, Buffer.alloc(60, 1));

describe("a capture written by another program", () => {
  it("is read if it follows the format", async () => {
    expect(await read(await capture(header(), transaction))).toEqual({ count: 1, error: null });
  });

  it("is rejected if a part unpacks to more than 8 MiB, though its records are valid", async () => {
    const block = record(2, Buffer.alloc(3_000_000, 1));
    const path = await capture(header(), transaction, Buffer.concat([block, block, block]), transaction);
    expect(await read(path)).toMatchObject({ count: 1, error: { code: "damaged" } });
  });

  it.each<[string, Buffer, string, string]>([
    ["has a later version", header({ version: 2 }), "unsupported_version", "a capture of format version 2"],
    ["states a wrong metadata length", header({ length: 9 }), "not_a_recording", "the header's length is wrong"],
    ["has metadata that is not an object", header({ metadata: "5" }), "not_a_recording", "is not a JSON object"],
    ["has metadata that is not JSON", header({ metadata: "{" }), "not_a_recording", "is not a JSON object"],
    ["has a damaged header", Buffer.concat([header().subarray(0, -1), Buffer.of(0)]), "not_a_recording", "checksum"],
    ["has no header", Buffer.from("some other gzip file of ours"), "not_a_recording", "the file has no capture header"],
  ])("is rejected if it %s", async (_, bytes, code, words) => {
    const path = await capture(bytes, transaction);
    const { count, error } = await read(path);
    expect({ count, code: error?.code }).toEqual({ count: 0, code });
    expect(error?.message).toContain(words);
    await expect(readCaptureHeader(path)).rejects.toMatchObject({ code });
  });

  const hash = Buffer.alloc(32, 3);
  const label = (letter: string, more = 0): Buffer => Buffer.concat([hash, Buffer.from(letter), Buffer.alloc(more)]);
  it.each<[string, Buffer, string]>([
    ["is truncated", transaction.subarray(0, 12), "a record is truncated"],
    ["exceeds its part", record(1, Buffer.alloc(60), { length: 61 }), "a record exceeds its part of the file"],
    ["is longer than any block", record(1, Buffer.alloc(60), { length: 4_000_001 }), "above the limit of 4000000"],
    ["states a length of 4 GB", record(1, Buffer.alloc(60), { length: 2 ** 32 - 1 }), "above the limit of 4000000"],
    ["is an empty transaction", record(1, Buffer.alloc(0)), "a record has an unknown type or an invalid body"],
    [
      "has a wrong checksum",
      Buffer.concat([transaction.subarray(0, -1), Buffer.of(0)]),
      "a record's checksum is wrong",
    ],
    ["has an unknown topic", record(9, hash), "a record has an unknown type or an invalid body"],
    ["is half a block hash", record(3, hash.subarray(16)), "a record has an unknown type or an invalid body"],
    ["is a sequence without label", record(4, hash), "a record has an unknown type or an invalid body"],
    ["is a sequence with an unknown label", record(4, label("X")), "a record has an unknown type or an invalid body"],
    [
      "is an added transaction without mempool counter",
      record(4, label("A")),
      "a record has an unknown type or an invalid body",
    ],
    ["is a block with mempool counter", record(4, label("C", 8)), "a record has an unknown type or an invalid body"],
    [
      "has a mempool counter beyond the safe integers",
      record(4, Buffer.concat([label("A"), Buffer.alloc(8, 0xff)])),
      "a record has an unknown type or an invalid body",
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1_700_000_000_000, 2 ** 32].map(
      (time): [string, Buffer, string] => [
        `has the time ${time}`,
        record(1, Buffer.alloc(60, 1), { time }),
        `a record's time, ${time}, is not Unix time in seconds`,
      ],
    ),
  ])("is read up to a record that %s", async (_, bad, words) => {
    const { count, error } = await read(await capture(header(), transaction, Buffer.concat([transaction, bad])));
    expect({ count, code: error?.code }).toEqual({ count: 2, code: "damaged" });
    expect(error?.message).toContain(`${words} (part's byte ${transaction.length})`);
  });
});

describe("a malicious capture", () => {
  /** A member with valid checksum and length and any content. */
  const anyContent = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const anyRecord = fc
    .record({
      topic: fc.nat(255),
      body: fc.uint8Array({ maxLength: 60 }),
      length: fc.option(fc.nat(2 ** 32 - 1), { nil: undefined }),
      time: fc.oneof(fc.double(), fc.double({ min: 0, max: 2 ** 32 })),
    })
    .map(({ topic, body, length, time }) => record(topic, body, length === undefined ? { time } : { length, time }));

  it("yields valid messages or a CaptureError, even with valid checksums", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            anyContent,
            fc.array(anyRecord, { maxLength: 4 }).map((records) => Buffer.concat(records)),
          ),
          {
            maxLength: 4,
          },
        ),
        fc.uint8Array({ maxLength: 40 }),
        async (members, end) => {
          const path = await capture(header(), ...members);
          await appendFile(path, end);
          try {
            for await (const message of readCapture(path)) {
              expect(message.timestamp).toBeGreaterThanOrEqual(0);
              expect(message.timestamp).toBeLessThan(2 ** 32);
              if ("rawBytes" in message) expect(message.rawBytes.length).toBeGreaterThan(0);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(CaptureError);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("is not unpacked beyond 8 MiB per part, whatever length it states", async () => {
    const bomb = Buffer.from(await packMember(Buffer.alloc(9 * 2 ** 20)));
    const path = file("bomb.capture");
    for (const size of [9 * 2 ** 20, 1000, 2 ** 32 - 1]) {
      bomb.writeUInt32LE(size, bomb.length - 4);
      await writeFile(path, Buffer.concat([await packMember(header()), bomb, await packMember(transaction)]));
      expect(await read(path)).toMatchObject({ count: 0, error: { code: "damaged" } });
    }
  });

  it("with thousands of part signatures after damage is rejected quickly", async () => {
    const start = (await packMember(transaction)).subarray(0, 20);
    const path = await capture(header());
    await appendFile(path, Buffer.concat(Array.from({ length: 100_000 }, () => start)));
    expect((await read(path)).error?.code).toBe("damaged");
  });

  it("with 1 MB of metadata is rejected", async () => {
    const path = await capture(header({ metadata: JSON.stringify({ note: "x".repeat(2 ** 20) }) }));
    expect((await read(path)).error?.code).toBe("not_a_recording");
  });

  it("with an invalid time or an oversized message is not written", async () => {
    const writer = await openCaptureWriter(file("writer.capture"));
    const message = { topic: "rawtx", rawBytes: new Uint8Array(60), timestamp: 1, counter: 0 } as const;
    for (const timestamp of [Number.NaN, -1, Date.now()])
      await expect(writer.write({ ...message, timestamp })).rejects.toMatchObject({ code: "invalid_option" });
    const rawBytes = new Uint8Array(4_000_001);
    await expect(writer.write({ ...message, rawBytes })).rejects.toMatchObject({ code: "invalid_option" });
    await writer.close();
    expect(writer.status().messages).toBe(0);
  });
});

describe("a file that cannot be opened", () => {
  it("reports a folder, for reading and for writing", async () => {
    const folder = file("folder");
    await mkdir(folder);
    expect((await read(folder)).error).toMatchObject({
      code: "read_failed",
      message: `${folder}: is a folder, not a file`,
    });
    await expect(readHexLines(folder, { startTime: 0 }).next()).rejects.toThrow("is a folder, not a file");
    await expect(openCaptureWriter(folder, { ifExists: "overwrite" })).rejects.toThrow("is a folder, not a file");
  });

  it("reports other system errors with the system's message", async () => {
    const path = await capture(header());
    const below = join(path, "below");
    await expect(openCaptureWriter(below, { ifExists: "append" })).rejects.toMatchObject({ code: "read_failed" });
    await expect(openCaptureWriter(below)).rejects.toThrow("ENOTDIR");
  });

  it("is not created if the metadata is too large", async () => {
    const path = file("noted.capture");
    const metadata = { note: "x".repeat(70_000) };
    await expect(openCaptureWriter(path, { metadata })).rejects.toThrow("64 KiB");
    expect((await read(path)).error?.message).toContain("no such file");
  });
});

describe("a capture writer whose timer fails", () => {
  it("rejects further messages", async () => {
    const path = file("clock.capture");
    const writer = await openCaptureWriter(path, { sleep: () => Promise.reject(new Error("no timers left")) });
    const message = { topic: "rawtx", rawBytes: new Uint8Array(60), timestamp: 1, counter: 0 } as const;
    await writer.write(message);
    await expect(writer.flush()).rejects.toThrow("no timers left");
    await expect(writer.write(message)).rejects.toMatchObject({ code: "write_failed", path });
    await expect(writer.close()).rejects.toThrow("no timers left");
  });
});

describe("a reader with an aborted signal", () => {
  it("reads nothing if aborted before the start", async () => {
    const stopped = AbortSignal.abort();
    const path = await capture(header(), transaction);
    expect(await read(path, stopped)).toEqual({ count: 0, error: null });
    const lines = file("lines");
    await writeFile(lines, `${"01".repeat(60)}\n`);
    expect(await readHexLines(lines, { startTime: 0, signal: stopped }).next()).toMatchObject({ done: true });
    expect(await replay([{ timestamp: 1 }], { signal: stopped }).next()).toMatchObject({ done: true });
  });

  it("stops between two messages", async () => {
    const controller = new AbortController();
    let count = 0;
    for await (const _ of readCapture(await capture(header(), Buffer.concat([transaction, transaction])), {
      signal: controller.signal,
    })) {
      count += 1;
      controller.abort();
    }
    expect(count).toBe(1);
  });

  it("throws the error of a failing timer", async () => {
    const run = replay([{ timestamp: 1 }, { timestamp: 2 }], {
      sleep: () => Promise.reject(new Error("no timers left")),
    });
    expect(await run.next()).toMatchObject({ value: { timestamp: 1 } });
    await expect(run.next()).rejects.toThrow("no timers left");
  });
});
