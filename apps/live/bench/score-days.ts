// Replays every day file of the corpus through `utxoracle-live score` and compares its figures with
// those of `bench:accuracy`: `pnpm soak score-days`. Takes minutes.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { corpusDirectory } from "@utxoracle/testkit";
import { benchFigures, captureOfDay, score } from "../test/score/day-figures.ts";

const folder = mkdtempSync(join(tmpdir(), "score-days-"));
const capture = join(folder, "day.capture");
let days = 0;
let windows = 0;
try {
  for (const corpus of [corpusDirectory, join(corpusDirectory, "days-2025")]) {
    const prices = join(corpus, "days/hourly.csv");
    for (const file of readdirSync(join(corpus, "days")).filter((name) => name.endsWith(".csv.gz"))) {
      const day = file.slice(0, -".csv.gz".length);
      await captureOfDay(join(corpus, "days", file), capture);
      const { status, stdout, stderr } = score("--prices", prices, capture, "--json");
      assert.equal(status, 0, stderr);
      const { without_answer, ...figures } = JSON.parse(stdout);
      const { without_truth, left_out, ...expected } = benchFigures(corpus, day);
      assert.deepEqual({ day, ...figures }, { day, ...expected });
      assert.equal(without_answer, 0);
      rmSync(capture);
      days++;
      windows += figures.windows;
      console.log(`${day}  ${figures.windows} windows equal (${without_truth} without an exchange price)`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${days} days, ${windows} windows: score equals bench:accuracy`);
