import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installedProgram, needs } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FeedMessage, openCaptureWriter } from "../src/index.ts";
import { anyMessage } from "./messages.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const document = readFileSync(join(import.meta.dirname, "../../../docs/captures.md"), "utf8");
const reader = /```python\n([\s\S]*?)```/.exec(document)?.[1] ?? "";
const file = temporaryFolder();

/** A message as printed by the reader. */
function printed(message: FeedMessage) {
  const { topic, timestamp, counter } = message;
  if (topic === "rawtx" || topic === "rawblock")
    return { topic, timestamp, counter, body: Buffer.from(message.rawBytes).toString("hex") };
  if (topic === "hashblock") return { topic, timestamp, counter, body: message.hash };
  const change = Buffer.alloc(8);
  if (message.mempoolSequence !== null) change.writeBigUInt64LE(BigInt(message.mempoolSequence));
  const label = Buffer.from(message.label).toString("hex");
  const body = message.hash + label + (message.mempoolSequence === null ? "" : change.toString("hex"));
  return { topic, timestamp, counter, body };
}

/** Output of the document's reader for a file. */
function read(path: string) {
  const script = file("reader.py");
  writeFileSync(script, reader);
  const { stdout, stderr, status } = spawnSync(installedProgram("python3"), [script, path], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const [metadata = "", ...lines] = stdout.trimEnd().split("\n");
  const messages = lines.map((line) => {
    const [topic, timestamp, counter, body] = line.split(" ");
    return { topic, timestamp: Number(timestamp), counter: Number(counter), body };
  });
  return { metadata: JSON.parse(metadata) as unknown, messages };
}

describe("docs/captures.md", needs("python3"), () => {
  it("has a Python reader that reads a capture and skips an incomplete end", async () => {
    const written = fc.sample(anyMessage, { numRuns: 300, seed: 4 });
    const path = file("written.capture");
    const writer = await openCaptureWriter(path, { metadata: { chain: "main", note: "ü" } });
    for (const [index, message] of written.entries()) {
      await writer.write(message);
      // Several flushes, so that the file has several parts.
      if (index % 100 === 99) await writer.flush();
    }
    await writer.close();
    const whole = read(path);
    expect(whole.metadata).toEqual({ chain: "main", note: "ü" });
    expect(whole.messages).toEqual(written.map(printed));

    const torn = file("torn.capture");
    writeFileSync(torn, readFileSync(path).subarray(0, -5));
    expect(read(torn).messages).toEqual(written.slice(0, 200).map(printed));
  });
});
