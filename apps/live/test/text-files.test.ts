import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { CsvFile } from "../src/commands/price/csv-file.ts";
import { CSV_COLUMNS } from "../src/commands/price/price-answer.ts";
import { loadSettings } from "../src/config/load.ts";

const folder = mkdtempSync(join(tmpdir(), "text-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "file");
const row = (day: string): string => `${day},50000${",1".repeat(9)}`;

it("resumes a CSV that another program saved, with its line ends", () => {
  for (const [mark, end] of [
    ["", "\n"],
    ["\ufeff", "\r\n"],
    ["", "\r"],
  ] as const) {
    writeFileSync(path, `${mark}${CSV_COLUMNS.join(",")}${end}${row("2024-01-01")}${end}`);
    const csv = CsvFile.open(path);
    expect(csv.has("2024-01-01")).toBe(true);
    csv.add("2024-01-02", row("2024-01-02"));
    csv.close();
    expect(readFileSync(path, "utf8").endsWith(`${row("2024-01-01")}${end}${row("2024-01-02")}${end}`)).toBe(true);
  }
  writeFileSync(path, Buffer.from(`\ufeff${CSV_COLUMNS.join(",")}\r\n`, "utf16le"));
  expect(() => CsvFile.open(path)).toThrow("UTF-16 text; save it as UTF-8");
});

it("rejects a UTF-16 settings file, with and without a byte order mark", () => {
  for (const text of ['\ufeff{"port": 8123}', '{"port": 8123}']) {
    writeFileSync(path, Buffer.from(text, "utf16le"));
    expect(() => loadSettings("serve", new Map(), {}, path)).toThrow("UTF-16 text; save it as UTF-8");
  }
});

it("removes CR from variables of a Windows env file", () => {
  const { settings } = loadSettings("serve", new Map(), { UTXORACLE_PORT: "8123\r" }, undefined);
  expect(settings.port).toBe(8123);
});
