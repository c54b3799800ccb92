import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { openCaptureWriter } from "@utxoracle/zmq-source";
import { programPath } from "../e2e/service-process.ts";
import { paymentBytes } from "../track/simulated-payments.ts";

const root = resolve(import.meta.dirname, "../../../..");
const SOURCES = ["--conditions=@utxoracle/source", "--import", "tsx"];

/** Runs `score` of the built program. */
export function score(...words: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, [programPath, "score", "--quiet", ...words], {
    encoding: "utf8",
    cwd: root,
    maxBuffer: 1e8,
  });
}

/** What `bench:accuracy --json` prints of one day. @param corpus folder that holds `days/` */
export function benchFigures(corpus: string, day: string): Record<string, unknown> {
  const words = ["packages/estimator/bench/accuracy.ts", "--days", day, "--json", "--corpus", resolve(corpus)];
  return JSON.parse(execFileSync(process.execPath, [...SOURCES, ...words], { encoding: "utf8", cwd: root }));
}

/** Writes a day file of the corpus as a recording of the node's feed, one transaction a row. */
export async function captureOfDay(dayFile: string, capture: string): Promise<void> {
  const writer = await openCaptureWriter(capture, { metadata: { program: "test", chain: "main" } });
  const rows = gunzipSync(readFileSync(dayFile)).toString().trim().split("\n").slice(1);
  // A feed is recorded from midnight, also on days whose first payment comes later. This one is too
  // small to count.
  const midnight = Date.parse(`${basename(dayFile).slice(0, 10)}T00:00:00Z`) / 1000;
  if (Number(rows[0]?.split(",")[0]) > midnight)
    await writer.write({
      topic: "rawtx",
      timestamp: midnight,
      counter: 0,
      rawBytes: paymentBytes(BigInt(rows.length), 600),
    });
  for (const [index, row] of rows.entries()) {
    const [timestamp, sats] = row.split(",").map(Number) as [number, number];
    const rawBytes = paymentBytes(BigInt(index), sats);
    await writer.write({ topic: "rawtx", timestamp, counter: index, rawBytes });
  }
  await writer.close();
}
