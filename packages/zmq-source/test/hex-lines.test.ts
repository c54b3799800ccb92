import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { corpusPath, needs } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HexLinesOptions, openCaptureWriter, readHexLines, recognizeRecording } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const file = temporaryFolder();

async function lines(content: string | Uint8Array, options: Partial<HexLinesOptions> = {}) {
  const path = file("lines");
  await writeFile(path, content);
  const messages = [];
  for await (const message of readHexLines(path, { startTime: 1000, spanSeconds: 30, ...options }))
    messages.push(message);
  return messages;
}

const first = "01".repeat(60);
const second = "AB".repeat(70);

describe("readHexLines", () => {
  it("reads line by line and spreads the times evenly over the span", async () => {
    const messages = await lines(`${first}\n${second}\r\n\n  ${first}  \n${second}`);
    expect(messages.map(({ timestamp, counter }) => [timestamp, counter])).toEqual([
      [1000, 0],
      [1010, 1],
      [1020, 2],
      [1030, 3],
    ]);
    expect(messages[1]).toEqual({
      topic: "rawtx",
      rawBytes: new Uint8Array(70).fill(0xab),
      timestamp: 1010,
      counter: 1,
    });
  });

  it("accepts any line end, byte order mark, whitespace, case and gzip", async () => {
    const expected = await lines(`${first}\n${second}\n${first}\n`);
    const texts = [
      `\ufeff${first}\r\n${second}\r\n${first}\r\n`,
      `${first}\r${second}\r${first}`,
      `\ufeff${first}\r${second.toLowerCase()}\r\n${first.toUpperCase()}`,
      ` \t${first} \t\n\n\r\n${second}\v\f\n\n${first}\n\n\n`,
    ];
    for (const text of texts)
      for (const content of [text, gzipSync(text)]) expect(await lines(content)).toEqual(expected);
  });

  it("splits files larger than a chunk correctly for all line ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.integer({ min: 10, max: 40_000 }), fc.constantFrom("\n", "\r\n", "\r", "\n\n", "\r\r\n")),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (parts) => {
          const content = parts.map(([bytes, end]) => "5a".repeat(bytes) + end).join("");
          const sizes = (await lines(content)).map(({ rawBytes }) => rawBytes.length);
          expect(sizes).toEqual(parts.map(([bytes]) => bytes));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("names UTF-16 and UTF-32 as the reason for rejection", async () => {
    const utf16 = Buffer.from(`\ufeff${first}\r\n`, "utf16le");
    const utf32 = Buffer.concat(
      [...`\ufeff${first}`].map((char) => Buffer.from([char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8, 0, 0])),
    );
    const cases: [Buffer, string][] = [
      [utf16, "UTF-16"],
      [Buffer.from(utf16).swap16(), "UTF-16"],
      [utf16.subarray(2), "UTF-16"],
      [Buffer.from(utf16.subarray(2)).swap16(), "UTF-16"],
      [utf32, "UTF-32"],
    ];
    for (const [bytes, name] of cases)
      for (const content of [bytes, gzipSync(bytes)]) {
        await expect(lines(content)).rejects.toMatchObject({ code: "not_a_recording" });
        await expect(lines(content)).rejects.toThrow(name);
        const path = file("encoded");
        await writeFile(path, content);
        await expect(recognizeRecording(path)).rejects.toThrow(name);
      }
  });

  it("rejects gzip files with an endless line or endless blanks", async () => {
    const endless = gzipSync(Buffer.alloc(20_000_000, "ab"));
    const blank = gzipSync(Buffer.concat([Buffer.from(`${first}\n`), Buffer.alloc(70 * 2 ** 20, "\r\n ")]));
    // Damaged at the end, which is not reached.
    for (const content of [endless, blank])
      await expect(lines(content.subarray(0, -9))).rejects.toMatchObject({ code: "invalid_line" });
  });

  it("reads gzip; a single transaction gets the start time", async () => {
    expect(await lines(gzipSync(first))).toEqual([
      { topic: "rawtx", rawBytes: new Uint8Array(60).fill(1), timestamp: 1000, counter: 0 },
    ]);
  });

  it("rejects an invalid file before the first transaction, with the line", async () => {
    const cases: [string | Uint8Array, object][] = [
      [`${first}\n\n${first}0\n`, { code: "invalid_line", line: 3, message: expect.stringContaining("odd number") }],
      [
        `${first}\n${first}zz\n`,
        { code: "invalid_line", line: 2, message: expect.stringContaining('"z" at column 121') },
      ],
      [`${first}\n0102\n`, { code: "invalid_line", line: 2 }],
      ["\n\n", { code: "empty" }],
      ["", { code: "empty" }],
      [Buffer.alloc(9_000_000, "a"), { code: "invalid_line", line: 1 }],
      [gzipSync(`${first}\n${second}`).subarray(0, -9), { code: "damaged" }],
    ];
    for (const [content, error] of cases) await expect(lines(content)).rejects.toMatchObject(error);
  });

  it("rejects a missing file and an invalid span", async () => {
    await expect(readHexLines(file("missing"), { startTime: 0 }).next()).rejects.toThrow("no such file or folder");
    await expect(lines(first, { spanSeconds: 2 ** 32 })).rejects.toMatchObject({ code: "invalid_option" });
    await expect(lines(first, { spanSeconds: -1 })).rejects.toMatchObject({ code: "invalid_option" });
    await expect(lines(first, { startTime: Number.NaN })).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("reads the recorded mempool: 8,131 transactions in the default 30 minutes", needs("corpus"), async () => {
    const path = corpusPath("mempool/2024-03-14.rawtx.hex.gz");
    expect(await recognizeRecording(path)).toBe("hex_lines");
    let count = 0;
    let last = 0;
    for await (const { timestamp } of readHexLines(path, { startTime: 500 })) {
      count += 1;
      last = timestamp;
    }
    expect({ count, last }).toEqual({ count: 8131, last: 2300 });
  });
});

describe("recognizeRecording", () => {
  it("detects captures, hex files and other files by content", async () => {
    const capture = file("capture.txt");
    await (await openCaptureWriter(capture)).close();
    expect(await recognizeRecording(capture)).toBe("capture");
    const kindOf = async (content: string | Uint8Array) => {
      const path = file("x.capture");
      await writeFile(path, content);
      return recognizeRecording(path);
    };
    expect(await kindOf(`${first}\n`)).toBe("hex_lines");
    expect(await kindOf(gzipSync(`\n${second}\n`.repeat(500)))).toBe("hex_lines");
    expect(await kindOf(`\ufeff${first}\r\n`)).toBe("hex_lines");
    expect(await kindOf(gzipSync("00".repeat(3_000_000)))).toBe("hex_lines");
    await expect(kindOf("unix_time,sats\n1,2\n")).rejects.toMatchObject({ code: "not_a_recording" });
    await expect(kindOf(gzipSync("unix_time,sats\n1,2\n"))).rejects.toMatchObject({ code: "not_a_recording" });
    await expect(kindOf(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).rejects.toMatchObject({ code: "not_a_recording" });
    await expect(kindOf("")).rejects.toMatchObject({ code: "empty" });
  });
});
