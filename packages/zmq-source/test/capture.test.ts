import { execFileSync } from "node:child_process";
import { appendFile, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { needs } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CAPTURE_VERSION,
  CaptureError,
  type FeedMessage,
  openCaptureWriter,
  readCapture,
  readCaptureHeader,
  recognizeRecording,
  type TornEndEvent,
} from "../src/index.ts";
import { anyMessage } from "./messages.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const file = temporaryFolder();

const message = (counter: number, bytes = 30): FeedMessage => ({
  topic: "rawtx",
  rawBytes: new Uint8Array(bytes).fill(counter % 251),
  timestamp: 1_700_000_000 + counter / 7,
  counter,
});

async function write(path: string, parts: readonly (readonly FeedMessage[])[]): Promise<number[]> {
  const writer = await openCaptureWriter(path, { metadata: { chain: "regtest" } });
  const ends = [writer.status().fileBytes];
  for (const part of parts) {
    for (const each of part) await writer.write(each);
    await writer.flush();
    ends.push(writer.status().fileBytes);
  }
  await writer.close();
  return ends;
}

async function read(path: string): Promise<{ messages: FeedMessage[]; torn: TornEndEvent[]; error: unknown }> {
  const messages: FeedMessage[] = [];
  const torn: TornEndEvent[] = [];
  try {
    for await (const each of readCapture(path, { onEvent: (event) => torn.push(event) })) messages.push(each);
  } catch (error) {
    return { messages, torn, error };
  }
  return { messages, torn, error: null };
}

describe("a capture", () => {
  it("returns every message unchanged and in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyMessage, { maxLength: 8 }), { maxLength: 4 }), async (parts) => {
        const path = file("round-trip.capture");
        await write(path, parts);
        expect(await read(path)).toEqual({ messages: parts.flat(), torn: [], error: null });
      }),
      { numRuns: 40 },
    );
  });

  it("stores a 4 MB block and 10,000s of transactions without a flush call", async () => {
    const path = file("big.capture");
    const writer = await openCaptureWriter(path);
    const block: FeedMessage = { topic: "rawblock", rawBytes: new Uint8Array(4e6).fill(7), timestamp: 1, counter: 0 };
    const messages = [message(0), block, ...Array.from({ length: 20_000 }, (_, index) => message(index + 1, 250))];
    for (const each of messages) await writer.write(each);
    await writer.close();
    expect(writer.status()).toEqual({ messages: messages.length, fileBytes: (await stat(path)).size });
    let index = 0;
    for await (const each of readCapture(path)) {
      if (each.counter !== messages[index]?.counter || each.topic !== messages[index]?.topic)
        expect(each).toEqual(messages[index]);
      index += 1;
    }
    expect(index).toBe(messages.length);
  });

  it("has version and metadata in its header and is a valid gzip file", async () => {
    const path = file("header.capture");
    await write(path, [[message(1)], [message(2)]]);
    expect(await readCaptureHeader(path)).toEqual({ version: CAPTURE_VERSION, metadata: { chain: "regtest" } });
    const unpacked = gunzipSync(await readFile(path));
    expect(unpacked.subarray(0, 8).toString()).toBe("UTXOCAP\n");
    expect(unpacked.includes(Buffer.alloc(30, 2))).toBe(true);
  });

  it("can be read up to the last flush while it is written", async () => {
    const path = file("growing.capture");
    const writer = await openCaptureWriter(path);
    expect(await read(path)).toEqual({ messages: [], torn: [], error: null });
    await writer.write(message(1));
    await writer.flush();
    await writer.write(message(2));
    expect(await read(path)).toEqual({ messages: [message(1)], torn: [], error: null });
    await writer.close();
    expect((await read(path)).messages).toEqual([message(1), message(2)]);
  });

  it("flushes on its own after the interval", async () => {
    const path = file("interval.capture");
    let elapse = (): void => {};
    const asked: number[] = [];
    const writer = await openCaptureWriter(path, {
      flushIntervalSeconds: 3,
      sleep: (milliseconds) => {
        asked.push(milliseconds);
        return new Promise((resolve) => {
          elapse = resolve;
        });
      },
    });
    await writer.write(message(1));
    await writer.write(message(2));
    elapse();
    while ((await read(path)).messages.length === 0) await new Promise(setImmediate);
    expect((await read(path)).messages).toEqual([message(1), message(2)]);
    expect(asked).toEqual([3000]);
    await writer.close();
  });

  it("truncated at any byte returns the complete messages and a torn_end event", async () => {
    const path = file("torn.capture");
    const parts = [[message(1), message(2)], [message(3)], [message(4), message(5), message(6)]];
    const ends = await write(path, parts);
    const whole = await readFile(path);
    for (let size = 0; size <= whole.length; size++) {
      await writeFile(path, whole.subarray(0, size));
      const { messages, torn, error } = await read(path);
      const partsWhole = ends.filter((end) => end <= size).length - 1;
      if (partsWhole < 0) {
        expect(error).toMatchObject({ code: size === 0 ? "empty" : "not_a_recording" });
        continue;
      }
      expect({ size, error, messages }).toEqual({
        size,
        error: null,
        messages: parts.slice(0, partsWhole).flat(),
      });
      const end = ends[partsWhole] ?? 0;
      expect(torn).toEqual(size === end ? [] : [{ type: "torn_end", offset: end, bytes: size - end }]);
    }
  });

  it("with one changed byte never returns a wrong message or hides a loss", async () => {
    const path = file("changed.capture");
    const parts = [[message(1), message(2)], [message(3)]];
    await write(path, parts);
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = changed[at]! ^ (1 << (at % 8));
      await writeFile(path, changed);
      const { messages, torn, error } = await read(path);
      expect(parts.flat().slice(0, messages.length)).toEqual(messages);
      if (messages.length < 3)
        expect({ at, reported: error instanceof CaptureError || torn.length === 1 }).toEqual({ at, reported: true });
    }
  });

  it("damaged in the middle is an error with the offset", async () => {
    const path = file("middle.capture");
    const ends = await write(path, [[message(1)], [message(2)], [message(3)]]);
    const bytes = await readFile(path);
    bytes[ends[1]! + 24]! ^= 0xff;
    await writeFile(path, bytes);
    const { messages, torn, error } = await read(path);
    expect(messages).toEqual([message(1)]);
    expect(torn).toEqual([]);
    expect(error).toMatchObject({ code: "damaged", offset: ends[1], path });
  });

  it("that ends in zeros, as after a power cut, is read up to them", async () => {
    const path = file("zeros.capture");
    const [, end] = await write(path, [[message(1)]]);
    await appendFile(path, Buffer.alloc(5000));
    expect(await read(path)).toEqual({
      messages: [message(1)],
      torn: [{ type: "torn_end", offset: end, bytes: 5000 }],
      error: null,
    });
  });

  it("is not overwritten by default; appending removes an incomplete end", async () => {
    const path = file("again.capture");
    const ends = await write(path, [[message(1)], [message(2)]]);
    await expect(openCaptureWriter(path)).rejects.toMatchObject({ code: "exists", path });
    await truncate(path, ends[2]! - 3);
    const writer = await openCaptureWriter(path, { ifExists: "append" });
    await writer.write(message(9));
    await writer.close();
    expect(await read(path)).toEqual({ messages: [message(1), message(9)], torn: [], error: null });
    for (const begun of [file("absent.capture"), file("empty.capture")]) {
      if (begun.includes("empty")) await writeFile(begun, "");
      const fresh = await openCaptureWriter(begun, { ifExists: "append" });
      await fresh.write(message(1));
      await fresh.close();
      expect((await read(begun)).messages).toEqual([message(1)]);
    }
    const text = file("notes.txt");
    await writeFile(text, "do not lose me\n");
    await expect(openCaptureWriter(text, { ifExists: "append" })).rejects.toMatchObject({ code: "not_a_recording" });
    expect(await readFile(text, "utf8")).toBe("do not lose me\n");
    const overwritten = await openCaptureWriter(path, { ifExists: "overwrite" });
    await overwritten.close();
    expect(await read(path)).toEqual({ messages: [], torn: [], error: null });
  });

  it("reports a missing folder, a closed writer and an invalid option", async () => {
    await expect(openCaptureWriter(file("no/such/folder"))).rejects.toMatchObject({ code: "write_failed" });
    await expect(openCaptureWriter(file("x"), { flushIntervalSeconds: 0 })).rejects.toMatchObject({
      code: "invalid_option",
    });
    const writer = await openCaptureWriter(file("closed.capture"));
    await writer.close();
    await expect(writer.write(message(1))).rejects.toMatchObject({ code: "closed" });
  });

  it("reports a full disk", needs("/dev/full"), async () => {
    await expect(openCaptureWriter("/dev/full", { ifExists: "overwrite" })).rejects.toThrow("the disk is full");
  });

  it("rejects a pipe at once, for reading and for writing", needs("mkfifo"), async () => {
    const path = file("pipe");
    execFileSync("mkfifo", [path]);
    const refusal = { code: "read_failed", message: expect.stringContaining("write it to a file first") };
    expect((await read(path)).error).toMatchObject({ ...refusal, path });
    await expect(recognizeRecording(path)).rejects.toMatchObject(refusal);
    for (const ifExists of ["fail", "append", "overwrite"] as const)
      await expect(openCaptureWriter(path, { ifExists })).rejects.toMatchObject({ code: "write_failed" });
  });

  it.skipIf(process.platform === "win32")("can be appended to by its owner whatever the umask", async () => {
    const path = file("umask.capture");
    const before = process.umask(0o777);
    const writer = await openCaptureWriter(path).finally(() => process.umask(before));
    await writer.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("distinguishes other files, later versions and missing files", async () => {
    const text = file("text.txt");
    await writeFile(text, "hello\n");
    expect((await read(text)).error).toMatchObject({ code: "not_a_recording", path: text });
    expect((await read(file("missing"))).error).toMatchObject({ code: "read_failed" });
  });
});
