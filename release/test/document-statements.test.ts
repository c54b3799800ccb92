import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";
import { openCaptureWriter } from "@utxoracle/zmq-source";
import { expect, it } from "vitest";
import { fencesOf } from "../src/document.ts";
import { repositoryRoot } from "../src/published-packages.ts";

// Blocks that are no programs but say what is so: docs/architecture.md, docs/confirmed.md, docs/monitoring/README.md,
// packages/testkit/README.md, packages/zmq-source/README.md.

const text = (path: string, name: string): string => {
  const found = fencesOf(path).find((fence) => fence.name === name);
  if (found === undefined) throw new Error(`${path} has no block "${name}"`);
  return found.text;
};

it("the picture of the architecture names packages that there are, and all that data passes through", () => {
  const picture = text("docs/architecture.md", "Architecture");
  for (const name of ["zmq-source", "tx-parser", "estimator", "node-rpc", "stream-server", "viz"]) {
    expect(picture).toContain(name);
    expect(existsSync(join(repositoryRoot, "packages", name))).toBe(true);
  }
});

it("the answer of `price --json` has the fields that docs/confirmed.md shows", () => {
  const shown = JSON.parse(text("docs/confirmed.md", "Output")) as { window: object };
  const source = readFileSync(join(repositoryRoot, "apps/live/src/price/price-answer.ts"), "utf8");
  const built = /return \{([\s\S]*?)\n {2}\};/.exec(source)?.[1] ?? "";
  const fieldsAt = (indent: number): string[] =>
    Array.from(built.matchAll(new RegExp(`^ {${indent}}(\\w+):`, "gm")), ([, name = ""]) => name);
  expect(Object.keys(shown)).toEqual(fieldsAt(4));
  expect(Object.keys(shown.window)).toEqual(fieldsAt(6));
});

it("Prometheus' settings name the service's port and a file of rules that is there", () => {
  const settings = text("docs/monitoring/README.md", "Monitoring");
  const schema = readFileSync(join(repositoryRoot, "apps/live/src/settings/schema.ts"), "utf8");
  const port = /targets: \["127\.0\.0\.1:(\d+)"\]/.exec(settings)?.[1];
  expect(schema).toMatch(new RegExp(`default: ${port}\\b`));
  const rules = /rule_files:\n {2}- (\S+)/.exec(settings)?.[1] ?? "nothing";
  expect(existsSync(join(repositoryRoot, "docs/monitoring", rules))).toBe(true);
});

it("CI installs the browsers that packages/testkit/README.md names", () => {
  const [, , ...packages] = text("packages/testkit/README.md", "Real browsers").trim().split(" ");
  const ci = readdirSync(join(repositoryRoot, ".ci")).map((name) =>
    readFileSync(join(repositoryRoot, ".ci", name), "utf8"),
  );
  const words = ci.join("\n").split(/[\s()]+/);
  expect(packages.length).toBeGreaterThan(4);
  expect(words).toEqual(expect.arrayContaining(packages));
});

it("a capture is laid out byte by byte as packages/zmq-source/README.md says", async () => {
  const memberShown = text("packages/zmq-source/README.md", "The capture format, version 1");
  const recordsShown = text("packages/zmq-source/README.md", "The capture format, version 1 (2)");
  const folder = mkdtempSync(join(tmpdir(), "capture-layout-"));
  try {
    const writer = await openCaptureWriter(join(folder, "a"), { metadata: { chain: "main" } });
    await writer.write({ topic: "rawtx", rawBytes: Uint8Array.of(1, 2, 3), timestamp: 1.5, counter: 7 });
    await writer.close();
    const file = readFileSync(join(folder, "a"));

    // member   1f 8b … | length | deflate data | CRC-32 | size
    expect(memberShown).toBe(
      "member   1f 8b 08 04 | 00 00 00 00 00 ff | 08 00 'U' 'O' 04 00 | u32 length of the whole member | deflate data | u32 CRC-32 | u32 size\n",
    );
    const start = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 8, 0, 0x55, 0x4f, 4, 0]);
    const unpacked: Buffer[] = [];
    for (let at = 0; at < file.length; ) {
      expect(file.subarray(at, at + 16)).toEqual(start);
      const length = file.readUInt32LE(at + 16);
      const data = inflateRawSync(file.subarray(at + 20, at + length - 8));
      expect(file.readUInt32LE(at + length - 8)).toBe(crc32(data));
      expect(file.readUInt32LE(at + length - 4)).toBe(data.length);
      unpacked.push(data);
      at += length;
    }
    expect(gunzipSync(file)).toEqual(Buffer.concat(unpacked));

    const [headerShown = "", recordShown = ""] = recordsShown.trim().split("\n");
    expect(headerShown).toBe(
      String.raw`header   "UTXOCAP\n" | u16 version | u16 0 | u32 length of the metadata | metadata: a JSON object | u32 CRC-32 of all before`,
    );
    const header = unpacked[0] as Buffer;
    expect(header.subarray(0, 8).toString()).toBe("UTXOCAP\n");
    expect([header.readUInt16LE(8), header.readUInt16LE(10)]).toEqual([1, 0]);
    const metadataEnd = 16 + header.readUInt32LE(12);
    expect(JSON.parse(header.subarray(16, metadataEnd).toString())).toEqual({ chain: "main" });
    expect(header.readUInt32LE(metadataEnd)).toBe(crc32(header.subarray(0, metadataEnd)));
    expect(header.length).toBe(metadataEnd + 4);

    expect(recordShown).toBe(
      "record   u32 length of the body | u8 topic | f64 arrival, Unix seconds | u32 counter | body | u32 CRC-32 of all before",
    );
    const record = Buffer.concat(unpacked.slice(1));
    expect(record.readUInt32LE(0)).toBe(3);
    expect(record.readUInt8(4)).toBe(1);
    expect(record.readDoubleLE(5)).toBe(1.5);
    expect(record.readUInt32LE(13)).toBe(7);
    expect([...record.subarray(17, 20)]).toEqual([1, 2, 3]);
    expect(record.readUInt32LE(20)).toBe(crc32(record.subarray(0, 20)));
    expect(record.length).toBe(24);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
