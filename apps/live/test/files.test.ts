import { chmodSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CsvFile } from "../src/commands/price/csv-file.ts";
import { CSV_HEAD } from "../src/commands/price/price-answer.ts";
import { makeFolder } from "../src/config/make-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "files-"));
const permissionsOf = (path: string): number => statSync(path).mode & 0o777;

describe.skipIf(process.platform === "win32")("makeFolder", () => {
  it("creates the folder and its parents with mode 0700", async () => {
    await makeFolder(join(folder, "a", "b", "c"));
    for (const path of ["a", "a/b", "a/b/c"]) expect(permissionsOf(join(folder, path))).toBe(0o700);
  });

  it("has mode 0700 with any umask", async () => {
    const before = process.umask(0o777);
    try {
      await makeFolder(join(folder, "masked", "below"));
    } finally {
      process.umask(before);
    }
    for (const path of ["masked", "masked/below"]) expect(permissionsOf(join(folder, path))).toBe(0o700);
  });

  it("does not change an existing folder", async () => {
    const path = join(folder, "mine");
    mkdirSync(path);
    chmodSync(path, 0o750);
    await makeFolder(path);
    expect(permissionsOf(path)).toBe(0o750);
  });

  it.skipIf(process.platform !== "linux")("fails in /proc", async () => {
    await expect(makeFolder("/proc/x")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(makeFolder("/proc/x/y")).rejects.toMatchObject({ code: "ENOENT" });
    writeFileSync(join(folder, "file"), "");
    await expect(makeFolder(join(folder, "file", "x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });
});

describe.skipIf(process.platform === "win32")("the CSV file of days", () => {
  const row = (day: string, price: string): string => `${day},${price}${",".repeat(9)}`;

  it("keeps its permissions when a day is inserted", () => {
    const path = join(folder, "days.csv");
    writeFileSync(path, `${CSV_HEAD}\n${row("2024-01-01", "1")}\n${row("2024-01-03", "3")}\n`);
    chmodSync(path, 0o640);
    const csv = CsvFile.open(path);
    csv.add("2024-01-02", row("2024-01-02", "2"));
    csv.close();
    expect(permissionsOf(path)).toBe(0o640);
  });

  it("can be resumed with any umask", () => {
    const path = join(folder, "new.csv");
    const before = process.umask(0o777);
    try {
      CsvFile.open(path).close();
    } finally {
      process.umask(before);
    }
    expect(permissionsOf(path)).toBe(0o600);
  });
});
