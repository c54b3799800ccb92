import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { isAvailable } from "@utxoracle/testkit";
import type { Attack } from "./attack.ts";
import { boundedRun, worstOf } from "./bounded-run.ts";
import { expectHeld } from "./under-attack.ts";

const WITHIN_MS = 60_000;
const MIB = 2 ** 20;
const UNPACKED_MIB = 1000;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
const checked = (bytes: Buffer): Buffer => Buffer.concat([bytes, u32(crc32(bytes))]);

/** A capture member (docs/captures.md) with correct length and checksums and any content. */
function member(content: Buffer, claimedSize = content.length): Buffer {
  // Zeros need no better compression, which takes ten times as long.
  const packed = deflateRawSync(content, { level: 1 });
  const signature = Buffer.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 8, 0, 0x55, 0x4f, 4, 0);
  return Buffer.concat([
    signature,
    u32(signature.length + 4 + packed.length + 8),
    packed,
    u32(crc32(content)),
    u32(claimedSize),
  ]);
}

const header = (metadata = "{}"): Buffer =>
  checked(
    Buffer.concat([Buffer.from("UTXOCAP\n"), Buffer.of(1, 0, 0, 0), u32(metadata.length), Buffer.from(metadata)]),
  );

const SEQUENCE = 4;
const RAWTX = 1;

function record(topic: number, time: number, body: Buffer, length = body.length): Buffer {
  const timeBytes = Buffer.alloc(8);
  timeBytes.writeDoubleLE(time);
  return checked(Buffer.concat([u32(length), Buffer.of(topic), timeBytes, u32(0), body]));
}

const removal = (number: number): Buffer =>
  Buffer.concat([Buffer.alloc(28), u32(number), Buffer.from("R"), Buffer.alloc(8)]);

/** One record for each time. */
const recordsAt = (...times: number[]): Buffer[] => times.map((time, index) => record(SEQUENCE, time, removal(index)));

const capture = (...records: Buffer[]): Buffer => Buffer.concat([member(header()), member(Buffer.concat(records))]);

/** A gzip file of a repeated text. */
function gzipOf(path: string, unit: string, mebibytes: number): void {
  const packed = gzipSync(unit.repeat(Math.floor(MIB / unit.length)));
  const file = openSync(path, "w");
  for (let part = 0; part < mebibytes; part++) writeSync(file, packed);
  closeSync(file);
}

/** Hostile files by name. */
function hostileFiles(): Readonly<Record<string, (path: string) => void>> {
  const write = (bytes: Buffer | string) => (path: string) => writeFileSync(path, bytes);
  return {
    "line without an end": (path) => gzipOf(path, "ab", UNPACKED_MIB),
    "empty lines without an end": (path) => gzipOf(path, "\n", UNPACKED_MIB),
    "lines of half a byte": (path) => gzipOf(path, "a\n", 20),
    "no times": write(capture(...recordsAt(Number.NaN))),
    "endless time": write(capture(...recordsAt(1.7e9, Number.POSITIVE_INFINITY))),
    "times 130 years apart": write(capture(...recordsAt(0, 4_294_967_295, 1, 4_294_967_294))),
    "a thousand jumps through time": write(
      capture(...recordsAt(...Array.from({ length: 1000 }, (_, index) => (index % 2) * 4_294_967_295))),
    ),
    "record of 4 GB": write(capture(record(RAWTX, 1.7e9, Buffer.alloc(60), 0xffff_ffff))),
    "part that unpacks to 200 MB": write(
      Buffer.concat([member(header()), member(Buffer.alloc(200 * MIB)), member(Buffer.alloc(200 * MIB), 100)]),
    ),
    "header of lists in lists": write(Buffer.concat([member(header(`{"a":${"[".repeat(60_000)}`))])),
    "200,000 removals": write(
      Buffer.concat([
        member(header()),
        ...Array.from({ length: 200 }, (_, part) =>
          member(
            Buffer.concat(Array.from({ length: 1000 }, (_, index) => record(SEQUENCE, 1.7e9 + part, removal(index)))),
          ),
        ),
      ]),
    ),
    ...(isAvailable("mkfifo") && { pipe: (path: string) => execFileSync("mkfifo", [path]) }),
    ...(isAvailable("/dev/zero") && { "link to a device": (path: string) => symlinkSync("/dev/zero", path) }),
  };
}

/** Those of the short run: each start of the program takes its time. */
const SHORT = new Set(["a thousand jumps through time", "part that unpacks to 200 MB"]);

/** Hostile capture files. */
export const hostileCaptures: Attack = {
  name: "hostile-captures",
  title: "13 recordings that unpack to 1 GB, claim 4 GB, jump through time, or are no files (short: 2 of them)",
  async run(size) {
    const folder = mkdtempSync(join(tmpdir(), "hostile-captures-"));
    try {
      const reports = [];
      for (const [name, make] of Object.entries(hostileFiles())) {
        if (size === "short" && !SHORT.has(name)) continue;
        const path = join(folder, name.replaceAll(" ", "-").replaceAll(",", ""));
        make(path);
        const words = ["replay", path, "--speed", "max"];
        reports.push(await boundedRun({ words, watchMs: size === "full" ? 3000 : 500, withinMs: WITHIN_MS }));
        rmSync(path);
      }
      return expectHeld(size, worstOf(reports), { peakRssMib: 300, longestSilenceMs: 5000, exitCode: null });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
