import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { needs } from "@utxoracle/testkit";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { budgets } from "../src/config/budgets.ts";
import { checkDataDirectory } from "../src/confirmed/check-data-directory.ts";
import { ConfirmedHistory } from "../src/confirmed/confirmed-history.ts";
import type { BlockPrice, WindowNumber } from "../src/confirmed/price-record.ts";
import { keepConfirmed } from "../src/confirmed/saved-confirmed.ts";
import { PriceHistory } from "../src/history/price-history.ts";
import { SavedData } from "../src/store/saved-data.ts";
import { tick } from "./http/test-state.ts";

let folder: string;
let path: string;
const log = pino({ level: "silent" });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saved-data-"));
  path = join(folder, "saved-prices-main");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function withData<T>(use: (data: SavedData) => T | Promise<T>): Promise<T> {
  const data = await SavedData.open(path, log);
  try {
    return await use(data);
  } finally {
    await data.close();
  }
}

const block = (height: number, price = 60_000): BlockPrice => ({
  ...{ kind: "block", height, hash: height.toString(16).padStart(64, "0"), time: 1_700_000_000 + 600 * height },
  ...{ price, low: null, high: null, confidence: 0.9, status: "ok", engine: "posterior" },
});
const day = (lastHeight: number): WindowNumber => {
  const { kind: _, height: __, ...rest } = block(lastHeight);
  return { kind: "day", day: "2024-02-29", firstHeight: lastHeight - 50, lastHeight, amounts: 150_000, ...rest };
};

describe("what lies in the place of the database", () => {
  const content = (): string[] => readdirSync(path).map((name) => `${name}: ${readFileSync(join(path, name), "utf8")}`);

  it.each([
    ["another program's files", () => writeFileSync(join(path, "one"), "two")],
    ["another program's LevelDB", () => writeFileSync(join(path, "CURRENT"), "MANIFEST-000001\n")],
    [
      "a database of another version",
      () => writeFileSync(join(path, "utxoracle-live"), "utxoracle-live saved prices 2\n"),
    ],
  ])("is refused and stays as it is: %s", async (_, make) => {
    mkdirSync(path);
    make();
    const before = content();
    await expect(SavedData.open(path, log)).rejects.toMatchObject({ code: "foreign" });
    await expect(checkDataDirectory(folder)).rejects.toThrow(/^--data-dir: .* is not a database of saved prices/);
    expect(content()).toEqual(before);
  });

  it("is refused if it is a file", async () => {
    writeFileSync(path, "file");
    await expect(SavedData.open(path, log)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is not a folder");
    expect(readFileSync(path, "utf8")).toBe("file");
  });

  it("is refused if it is a link, or has one inside", needs("Unix sockets"), async () => {
    const target = join(folder, "target");
    mkdirSync(target);
    symlinkSync(target, path);
    await expect(SavedData.open(path, log)).rejects.toThrow("is a symbolic link");
    rmSync(path);
    await withData(() => undefined);
    rmSync(join(path, "CURRENT"));
    symlinkSync(target, join(path, "CURRENT"));
    await expect(SavedData.open(path, log)).rejects.toThrow("CURRENT is not a regular file");
    expect(readdirSync(target)).toEqual([]);
  });

  it("is refused at once if a pipe is inside", needs("mkfifo"), async () => {
    await withData(() => undefined);
    rmSync(join(path, "CURRENT"));
    execFileSync("mkfifo", [join(path, "CURRENT")]);
    await expect(SavedData.open(path, log)).rejects.toMatchObject({ code: "not_a_file" });
    await expect(checkDataDirectory(folder)).rejects.toThrow("is not a regular file");
  });

  it("is refused in one line if it is damaged, and stays as it is", async () => {
    await withData((data) => data.write([["a", "1"]]));
    writeFileSync(join(path, "CURRENT"), "nonsense");
    await expect(SavedData.open(path, log)).rejects.toMatchObject({ code: "damaged" });
    expect(readFileSync(join(path, "CURRENT"), "utf8")).toBe("nonsense");
  });

  it("is used if a kill left it before its first write", async () => {
    mkdirSync(path);
    writeFileSync(join(path, "utxoracle-live.new"), "utxo");
    await withData((data) => data.write([["a", "1"]]));
    expect((await withData((data) => data.read("a"))).values).toEqual(new Map([["a", "1"]]));
  });

  it("is one process's at a time", async () => {
    await withData(async () => {
      await expect(SavedData.open(path, log)).rejects.toThrow("is used by another process");
    });
  });
});

describe("saved confirmed prices", () => {
  async function history(use: (history: ConfirmedHistory) => void = () => undefined): Promise<ConfirmedHistory> {
    const confirmed = new ConfirmedHistory();
    await withData(async (data) => {
      await keepConfirmed(confirmed, data, "main", log);
      use(confirmed);
    });
    return confirmed;
  }

  it("are there after a restart, without those of replaced blocks", async () => {
    await history((first) => {
      for (let height = 100; height < 112; height++) first.keep(block(height));
      first.keep(day(111));
      first.keep({ kind: "forget_above", height: 109 });
      first.keep(block(110, 61_000));
    });
    const { blocks, lastDay } = await history();
    expect(blocks).toEqual([...Array.from({ length: 10 }, (_, index) => block(100 + index)), block(110, 61_000)]);
    expect(lastDay).toBeNull();
  });

  it("are taken over from the file of an earlier version, once, and the file stays", async () => {
    const file = join(folder, "confirmed-prices-main.log");
    const text = [block(1), block(2), { kind: "forget_above", height: 1 }, block(2, 61_000), day(2)]
      .map((record) => JSON.stringify(record))
      .map((json) => `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`)
      .join("");
    writeFileSync(file, `utxoracle-live confirmed prices 1\n${text}`);
    const before = readFileSync(file, "utf8");
    expect((await history()).blocks).toEqual([block(1), block(2, 61_000)]);
    await history((again) => again.keep({ kind: "forget_above", height: 1 }));
    const last = await history();
    expect([last.blocks, last.lastDay]).toEqual([[block(1)], null]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

describe("the saved history", () => {
  const NOW = 1_763_810_000;
  async function recorded(times: readonly number[], now: number): Promise<PriceHistory> {
    const history = new PriceHistory();
    await withData(async (data) => {
      const [first = now, ...rest] = times;
      // The first update comes before the chain is known.
      if (times.length > 0) history.record(tick({ timestamp: first }));
      await history.keepIn(data, () => now, log);
      for (const time of rest) history.record(tick({ timestamp: time }));
    });
    return history;
  }
  const times = (history: PriceHistory, step: 10 | 60 | 600): number[] =>
    history.rows({ step, from: 0, to: NOW + 1e6 }).flatMap(({ time, status }) => (status === "missing" ? [] : [time]));

  it("continues after a restart, also within a step", async () => {
    const before = Array.from({ length: 100 }, (_, index) => NOW + 10 * index);
    const after = Array.from({ length: 20 }, (_, index) => NOW + 1000 + 10 * index);
    await recorded(before, NOW + 1000);
    const history = await recorded(after, NOW + 1200);
    const whole = new PriceHistory();
    for (const time of [...before, ...after]) whole.record(tick({ timestamp: time }));
    for (const step of [10, 60, 600] as const) expect(times(history, step)).toEqual(times(whole, step));
    const again = await recorded([], NOW + 1200);
    for (const step of [10, 60, 600] as const) expect(times(again, step)).toEqual(times(whole, step));
  });

  it("leaves out rows of the future, which a wrong clock left, and those that are too old", async () => {
    await recorded([NOW, NOW + 500_000], NOW + 600_000);
    expect(times(await recorded([], NOW + 100), 600)).toEqual([NOW]);
    expect(times(await recorded([], NOW + 100 * 86_400), 600)).toEqual([]);
  });

  it("is bounded on disk: what is too old is removed", async () => {
    await withData(async (data) => {
      const history = new PriceHistory();
      await history.keepIn(data, () => NOW + 200_000, log);
      for (let time = NOW; time < NOW + 200_000; time += 100) history.record(tick({ timestamp: time }));
    });
    const { values } = await withData((data) => data.read("history/"));
    expect(values.size).toBeLessThan(108 + 2 * 1729 + 334);
  });
});

describe("values that wait for a disk", () => {
  it("are as many as the budget allows, the newest", async () => {
    const { count } = budgets.unsavedValues;
    await withData((data) => {
      for (let index = 0; index < count + 10; index++) data.write([[`key/${String(index).padStart(9, "0")}`, "1"]]);
    });
    const { values } = await withData((data) => data.read("key/"));
    // The first one is being written meanwhile.
    expect(values.size).toBe(count + 1);
    expect(values.has(`key/${String(count + 9).padStart(9, "0")}`)).toBe(true);
  });
});

it("saved values beyond the limit are not loaded", async () => {
  await withData((data) =>
    data.write(
      Array.from({ length: 200 }, (_, index) => [`key/${String(index).padStart(3, "0")}`, String(index)] as const),
    ),
  );
  const { values } = await withData((data) => data.readRange("key/", "key0", 120));
  expect([...values.values()]).toEqual(Array.from({ length: 120 }, (_, index) => String(index)));
});
