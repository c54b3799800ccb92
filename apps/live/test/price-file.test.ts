import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { needs } from "@utxoracle/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkDataDirectory } from "../src/confirmed/check-data-directory.ts";
import { readPriceFile } from "../src/confirmed/price-file.ts";
import type { PriceRecord } from "../src/confirmed/price-record.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "price-file-"));
  path = join(folder, "confirmed-prices-main.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const price = (height: number): PriceRecord => ({
  ...{ kind: "block", height, hash: height.toString(16).padStart(64, "0"), time: 1_700_000_000 + 600 * height },
  ...{ price: 60_000, low: null, high: null, confidence: 0.9, status: "ok", engine: "posterior" },
});

const HEADER = "utxoracle-live confirmed prices 1\n";
const line = (json: string): string => `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
const lines = (...heights: number[]): string => heights.map((height) => line(JSON.stringify(price(height)))).join("");

describe("a file in the place of saved prices", () => {
  it.each([
    ["without a line break", "no line break at the end"],
    ["with lines", "one\ntwo\nthree"],
    ["of binary data", "\u0000\u0001\u0002"],
    ["with records and no first line", lines(1)],
    ["of another version", "utxoracle-live confirmed prices 2\n"],
  ])("%s is rejected and unchanged", async (_, content) => {
    writeFileSync(path, content);
    await expect(readPriceFile(path)).rejects.toMatchObject({ code: "foreign" });
    await expect(checkDataDirectory(folder)).rejects.toThrow(
      /^--data-dir: .*confirmed-prices-main\.log is not a file of saved/,
    );
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("that is a symbolic link is refused", needs("Unix sockets"), async () => {
    writeFileSync(join(folder, "target"), HEADER);
    symlinkSync(join(folder, "target"), path);
    await expect(readPriceFile(path)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is a symbolic link");
  });

  it("that is a folder is rejected", async () => {
    mkdirSync(path);
    await expect(readPriceFile(path)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is a folder");
  });

  it("that is a pipe is rejected at once", needs("mkfifo"), async () => {
    execFileSync("mkfifo", [path]);
    await expect(readPriceFile(path)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is not a regular file");
  });
});

describe("saved prices of an earlier version", () => {
  it.each([
    ["is no JSON under a checksum that fits", line("no JSON")],
    ["is of another kind", line('{"kind":"other"}')],
    ["is of a height that no block has", line(JSON.stringify({ ...price(2), height: 2 ** 52 }))],
    ["has no checksum", `${JSON.stringify(price(2))}\n`],
    ["is longer than any record", `${"x".repeat(600_000)}\n`],
    ["is empty", "\n"],
  ])("are all read but a line that %s", async (_, bad) => {
    writeFileSync(path, HEADER + lines(1) + bad + lines(3));
    expect(await readPriceFile(path)).toEqual({ records: [price(1), price(3)], damagedLines: 1, skippedBytes: 0 });
  });

  it("are read up to an incomplete record and left unchanged", async () => {
    writeFileSync(path, HEADER + lines(1, 2).slice(0, -5));
    const before = readFileSync(path, "utf8");
    expect(await readPriceFile(path)).toMatchObject({ records: [price(1)], damagedLines: 1 });
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("are read from the end of a long file, no more bytes than are wanted", async () => {
    const bytesRead = 600_000;
    const old = lines(1);
    writeFileSync(path, HEADER);
    appendFileSync(path, old.repeat(Math.ceil((2 * bytesRead) / old.length)) + lines(7));
    const { records, damagedLines, skippedBytes } = await readPriceFile(path, bytesRead);
    expect(records.at(-1)).toEqual(price(7));
    expect(records.length * old.length).toBeLessThanOrEqual(bytesRead);
    expect(damagedLines).toBe(0);
    expect(skippedBytes).toBeGreaterThan(bytesRead - 2 * old.length);
  });
});
