import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { corpusPath, needs } from "@utxoracle/testkit";
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

describe("a file of transactions in hex", () => {
  it("is read line by line and spread evenly over the span", async () => {
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

  it("may be packed, and a single transaction comes at the start", async () => {
    expect(await lines(gzipSync(first))).toEqual([
      { topic: "rawtx", rawBytes: new Uint8Array(60).fill(1), timestamp: 1000, counter: 0 },
    ]);
  });

  it("is refused as a whole, naming the line, before its first transaction", async () => {
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

  it("that is missing or asked for a wrong span gives a clear error", async () => {
    await expect(readHexLines(file("missing"), { startTime: 0 }).next()).rejects.toThrow("no such file or folder");
    await expect(lines(first, { spanSeconds: -1 })).rejects.toMatchObject({ code: "invalid_option" });
    await expect(lines(first, { startTime: Number.NaN })).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("reads the real mempool whole: 8,131 transactions within the default half hour", needs("corpus"), async () => {
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
  it("tells captures, hex files packed or not, and anything else apart, whatever their names", async () => {
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
    await expect(kindOf("unix_time,sats\n1,2\n")).rejects.toMatchObject({ code: "not_a_recording" });
    await expect(kindOf(gzipSync("unix_time,sats\n1,2\n"))).rejects.toMatchObject({ code: "not_a_recording" });
    await expect(kindOf(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).rejects.toMatchObject({ code: "not_a_recording" });
    await expect(kindOf("")).rejects.toMatchObject({ code: "empty" });
  });
});
