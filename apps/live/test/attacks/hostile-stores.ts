import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { isAvailable } from "@utxoracle/testkit";
import { startStandInNode } from "../e2e/stand-in-node.ts";
import type { Attack } from "./attack.ts";
import { boundedRun, worstOf } from "./bounded-run.ts";
import { expectHeld } from "./under-attack.ts";

const WITHIN_MS = 60_000;
const RECORDS = 200_000;
const FIRST_LINE = "utxoracle-live confirmed prices 1\n";
/** Chain of the stand-in node. */
const STORE = "saved-prices-main";
/** File of an earlier version. */
const FILE = "confirmed-prices-main.log";
const WINDOW = "live-window.bin";
const LOCK = "utxoracle-live.lock";

/** Those of the short run: each start of the program takes its time. */
const SHORT = new Set(["10 GB of zeros after the first line", "a pipe in the lock's place"]);

const line = (record: object): string => {
  const json = JSON.stringify(record);
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
};

const price = (height: number) => ({
  ...{ kind: "block", height, hash: height.toString(16).padStart(64, "0"), time: 1_700_000_000 },
  ...{ price: 60_000, low: null, high: null, confidence: 0.9, status: "ok", engine: "posterior" },
});

/** A price store with generated records and correct checksums. */
const storeOf = (count: number, make: (index: number) => object) => (folder: string) => {
  const lines = Array.from({ length: count }, (_, index) => line(make(index)));
  writeFileSync(join(folder, FILE), FIRST_LINE + lines.join(""));
};

/** Content of the folder before the start, by name. */
function hostileFolders(): Readonly<Record<string, (folder: string) => void>> {
  const file =
    (name: string, content: string | Buffer, length?: number) =>
    (folder: string): void => {
      writeFileSync(join(folder, name), content);
      // A sparse file uses no disk space.
      if (length !== undefined) truncateSync(join(folder, name), length);
    };
  return {
    "another program's file": file(FILE, "one\ntwo\n"),
    "10 GB of zeros after the first line": file(FILE, FIRST_LINE, 1e10),
    "a lock of 10 GB": file(LOCK, "{", 1e10),
    "blocks from the highest to the lowest": storeOf(RECORDS, (index) => price(RECORDS - index)),
    "a block and its loss, over and over": storeOf(RECORDS, (index) =>
      index % 2 === 0 ? price(index) : { kind: "forget_above", height: 0 },
    ),
    "the same block over and over": storeOf(RECORDS, (index) => ({ ...price(1), time: 1_600_000_000 + index })),
    "lines that are no records": (folder) => {
      writeFileSync(join(folder, FILE), FIRST_LINE);
      for (let part = 0; part < 40; part++) appendFileSync(join(folder, FILE), "x\n".repeat(500_000));
    },
    "another program's folder": (folder) => {
      mkdirSync(join(folder, STORE));
      writeFileSync(join(folder, STORE, "CURRENT"), "MANIFEST-000001\n");
    },
    "a folder in the lock's place": (folder) => mkdirSync(join(folder, LOCK)),
    "a link in the store's place": (folder) => symlinkSync("/etc/hostname", join(folder, STORE)),
    "a link to nothing in the lock's place": (folder) => symlinkSync("nothing", join(folder, LOCK)),
    "another program's file in the saved window's place": file(WINDOW, "one"),
    "a saved window of 10 GB": file(WINDOW, "UTXOWIN\u0001", 1e10),
    "a link in the saved window's place": (folder) => symlinkSync("/dev/zero", join(folder, WINDOW)),
    ...(isAvailable("mkfifo") && {
      "a pipe in the saved window's place": (folder: string) => void execFileSync("mkfifo", [join(folder, WINDOW)]),
      "a pipe in the store's place": (folder: string) => void execFileSync("mkfifo", [join(folder, STORE)]),
      "a pipe in the lock's place": (folder: string) => void execFileSync("mkfifo", [join(folder, LOCK)]),
    }),
  };
}

/** Hostile files in `--data-dir`. */
export const hostileStores: Attack = {
  name: "hostile-stores",
  title:
    "13 data folders with another program's files, 10 GB of zeros, 200,000 records out of order, links and pipes (short: 2 of them)",
  async run(size) {
    const parent = mkdtempSync(join(tmpdir(), "hostile-stores-"));
    const node = await startStandInNode(7, 300);
    try {
      const reports = [];
      const folders = Object.entries(hostileFolders()).filter(([name]) => size === "full" || SHORT.has(name));
      for (const [index, [, make]] of folders.entries()) {
        const folder = join(parent, String(index));
        mkdirSync(folder);
        make(folder);
        const words = [...node.flags, "--data-dir", folder];
        const watchMs = size === "full" ? 5000 : 1500;
        reports.push(await boundedRun({ words, env: node.env, watchMs, withinMs: WITHIN_MS }));
        rmSync(folder, { recursive: true });
      }
      return expectHeld(size, worstOf(reports), { peakRssMib: 400, longestSilenceMs: 5000, exitCode: null });
    } finally {
      await node.stop();
      rmSync(parent, { recursive: true, force: true });
    }
  },
};
