import { chmodSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CsvFile } from "../src/commands/price/csv-file.ts";
import { CSV_HEAD } from "../src/commands/price/price-answer.ts";
import { makeFolder } from "../src/config/make-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "files-"));
const permissionsOf = (path: string): number => statSync(path).mode & 0o777;

describe.skipIf(process.platform === "win32")("a folder that is made", () => {
  it("is open to its owner alone, and so are those above it", async () => {
    await makeFolder(join(folder, "a", "b", "c"));
    for (const path of ["a", "a/b", "a/b/c"]) expect(permissionsOf(join(folder, path))).toBe(0o700);
  });

  it("can be used by its owner whatever the umask is", async () => {
    const before = process.umask(0o777);
    try {
      await makeFolder(join(folder, "masked", "below"));
    } finally {
      process.umask(before);
    }
    for (const path of ["masked", "masked/below"]) expect(permissionsOf(join(folder, path))).toBe(0o700);
  });

  it("is left as it is where it is there already", async () => {
    const path = join(folder, "mine");
    mkdirSync(path);
    chmodSync(path, 0o750);
    await makeFolder(path);
    expect(permissionsOf(path)).toBe(0o750);
  });

  it.skipIf(process.platform !== "linux")("fails where none can be made", async () => {
    await expect(makeFolder("/proc/x")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(makeFolder("/proc/x/y")).rejects.toMatchObject({ code: "ENOENT" });
    writeFileSync(join(folder, "file"), "");
    await expect(makeFolder(join(folder, "file", "x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });
});

describe.skipIf(process.platform === "win32")("the CSV of days", () => {
  const row = (day: string, price: string): string => `${day},${price}${",".repeat(9)}`;

  it("keeps its permissions when a day is put between others", () => {
    const path = join(folder, "days.csv");
    writeFileSync(path, `${CSV_HEAD}\n${row("2024-01-01", "1")}\n${row("2024-01-03", "3")}\n`);
    chmodSync(path, 0o640);
    const csv = CsvFile.open(path);
    csv.add("2024-01-02", row("2024-01-02", "2"));
    csv.close();
    expect(permissionsOf(path)).toBe(0o640);
  });

  it("can be continued by its owner whatever the umask is", () => {
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
