import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { needs } from "@utxoracle/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataDirectory } from "../src/confirmed/data-lock.ts";
import { checkDataDirectory } from "../src/confirmed/open-history.ts";
import type { PriceRecord } from "../src/confirmed/price-record.ts";
import { PriceStore } from "../src/confirmed/price-store.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "price-store-"));
  path = join(folder, "confirmed-prices-main.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const price = (height: number): PriceRecord => ({
  ...{ kind: "block", height, hash: height.toString(16).padStart(64, "0"), time: 1_700_000_000 + 600 * height },
  ...{ price: 60_000, low: null, high: null, confidence: 0.9, status: "ok", engine: "posterior" },
});

async function keep(...records: PriceRecord[]): Promise<void> {
  const store = await PriceStore.open(path);
  for (const record of records) store.append(record);
  store.close();
}

async function kept(): Promise<PriceStore["stored"]> {
  const store = await PriceStore.open(path);
  store.close();
  return store.stored;
}

const line = (json: string): string => `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;

describe("a file in the place of kept prices", () => {
  it.each([
    ["without a line break", "no line break at the end"],
    ["with lines", "one\ntwo\nthree"],
    ["of binary data", "\u0000\u0001\u0002"],
    ["with records and no first line", line(JSON.stringify(price(1)))],
    ["of another version", "utxoracle-live confirmed prices 2\n"],
  ])("%s is refused, and stays as it is", async (_, content) => {
    writeFileSync(path, content);
    await expect(PriceStore.open(path)).rejects.toMatchObject({ code: "foreign" });
    await expect(checkDataDirectory(folder)).rejects.toThrow(
      /^--data-dir: .*confirmed-prices-main\.log is not a file of saved/,
    );
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("that is a symbolic link is refused, and what it points to stays as it is", needs("Unix sockets"), async () => {
    const target = join(folder, "target");
    writeFileSync(target, "");
    symlinkSync(target, path);
    await expect(PriceStore.open(path)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is a symbolic link");
    expect(readFileSync(target, "utf8")).toBe("");
  });

  it("that is a folder is refused", async () => {
    mkdirSync(path);
    await expect(PriceStore.open(path)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is a folder");
  });

  it("that is a pipe is refused at once", needs("mkfifo"), async () => {
    execFileSync("mkfifo", [path]);
    await expect(PriceStore.open(path)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is not a regular file");
  });

  it("that is a device is refused", needs("/dev/full"), async () => {
    await expect(PriceStore.open("/dev/full")).rejects.toMatchObject({ code: "not_a_file" });
  });

  it("that ends in something else than a record is refused, and stays as it is", async () => {
    await keep(price(1));
    appendFileSync(path, "x".repeat(10_000));
    const before = readFileSync(path, "utf8");
    await expect(PriceStore.open(path)).rejects.toMatchObject({ code: "foreign" });
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});

describe("kept prices", () => {
  it.each([
    ["is no JSON under a checksum that fits", line("no JSON")],
    ["is of another kind", line('{"kind":"other"}')],
    ["is of a height that no block has", line(JSON.stringify({ ...price(2), height: 2 ** 52 }))],
    ["is of a time that no block has", line(JSON.stringify({ ...price(2), time: 2 ** 52 }))],
    ["has no checksum", `${JSON.stringify(price(2))}\n`],
    ["is longer than any record", `${"x".repeat(600_000)}\n`],
    ["is empty", "\n"],
  ])("are all used but a line that %s", async (_, bad) => {
    await keep(price(1));
    appendFileSync(path, bad);
    await keep(price(3));
    expect(await kept()).toMatchObject({ records: [price(1), price(3)], damagedLines: 1, wasTorn: false });
    expect(readFileSync(path, "utf8")).toContain(bad);
  });

  it("lose the piece of a record that a kill left, and no other", async () => {
    await keep(price(1), price(2));
    truncateSync(path, statSync(path).size - 5);
    expect(await kept()).toMatchObject({ records: [price(1)], wasTorn: true });
    await keep(price(3));
    expect((await kept()).records).toEqual([price(1), price(3)]);
  });

  it("of a file of any size are read from its end, no more bytes than are wanted", async () => {
    const bytesRead = 600_000;
    const old = line(JSON.stringify(price(1)));
    await keep();
    appendFileSync(path, old.repeat(Math.ceil((2 * bytesRead) / old.length)));
    await keep(price(7));
    const store = await PriceStore.open(path, () => undefined, bytesRead);
    store.close();
    const { records, damagedLines, skippedBytes } = store.stored;
    expect(records.at(-1)).toEqual(price(7));
    expect(records.length * old.length).toBeLessThanOrEqual(bytesRead);
    expect(records.length * old.length).toBeGreaterThan(bytesRead - 2 * old.length);
    expect(damagedLines).toBe(0);
    expect(skippedBytes).toBeGreaterThan(bytesRead - 2 * old.length);
  });
});

describe("the lock of a data folder", () => {
  const lock = (): string => join(folder, "utxoracle-live.lock");

  it("is one process's at a time, and gone afterwards", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      writeFileSync(lock(), JSON.stringify({ pid: other.pid, host: hostname() }));
      expect(() => lockDataDirectory(folder)).toThrow(`is used by process ${other.pid} on ${hostname()}`);
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
    lockDataDirectory(folder)();
    expect(existsSync(lock())).toBe(false);
  });

  it.each([
    ["a process with this one's id, before it", () => JSON.stringify({ pid: process.pid, host: hostname() })],
    ["a process that is gone", () => JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() })],
  ])("left by %s is taken at once", (_, content) => {
    writeFileSync(lock(), content());
    lockDataDirectory(folder)();
    expect(existsSync(lock())).toBe(false);
  });

  it.each([
    ["another host", () => JSON.stringify({ pid: 1, host: "elsewhere" })],
    ["a process that was killed while it wrote it", () => ""],
  ])("of %s is taken when nobody touched it for a minute", (_, content) => {
    writeFileSync(lock(), content());
    expect(() => lockDataDirectory(folder)).toThrow("is used by");
    const before = Date.now() / 1000 - 61;
    utimesSync(lock(), before, before);
    lockDataDirectory(folder)();
    expect(existsSync(lock())).toBe(false);
  });

  it("that is another program's file is left as it is", () => {
    writeFileSync(lock(), "something else");
    expect(() => lockDataDirectory(folder)).toThrow("is not a lock of this program");
    expect(readFileSync(lock(), "utf8")).toBe("something else");
  });
});
