/**
 * Fits the weights of the tracker (how payments scatter around round dollar amounts) from the corpus's days, and judges
 * them on days that they were not fitted on:
 *
 *     node --conditions=@utxoracle/source --import tsx packages/estimator/fit/tracking.ts [--corpus DIR] [--judge] [--write]
 *
 * With --judge each half of the days (every other one) is fitted and judged by the other half (some ten minutes). With
 * --write the weights of all days become src/tracking/peak-weights.ts (a minute).
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { corpusDirectory } from "@utxoracle/testkit";
import { openCorpus } from "../bench/corpus/corpus-days.ts";
import type { JudgeAnswer, JudgeRequest } from "./tracking-judge.ts";
import type { MeasureRequest } from "./tracking-measure.ts";
import { peaksOf } from "./tracking-peaks.ts";
import { firstGuess, type TrackingWeights, weightsSource } from "./tracking-weights.ts";

const ROUNDS = 4;
/** Constants tried beside the committed ones, one at a time: is there a better one, and does it hold on other days? */
const VARIANTS: Record<string, number>[] = [
  {},
  { "fine.temper": 0.35 },
  { "fine.temper": 0.7 },
  { "fine.faster": 0.02 },
  { "fine.slower": 0.15 },
  { "fine.noise": 0.0002 },
  { "fine.noise": 0.0005 },
  { "late.share": 0.05 },
  { "late.share": 0.2 },
];

const { values: options } = parseArgs({
  options: {
    corpus: { type: "string", default: corpusDirectory },
    judge: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const { dayFiles } = openCorpus(options.corpus, null);
const hourlyFile = join(options.corpus, "days", "hourly.csv");

if (options.judge) judgeHalves();
if (options.write) {
  const file = fileURLToPath(new URL("../src/tracking/peak-weights.ts", import.meta.url));
  writeFileSync(file, weightsSource(fit(dayFiles), dayNames(dayFiles)));
  console.log(`wrote ${file}`);
}

function judgeHalves(): void {
  const halves = [0, 1].map((half) => dayFiles.filter((_, day) => day % 2 === half));
  for (const [fitted, judged] of [halves, [...halves].reverse()] as [string[], string[]][]) {
    console.log(`fitted on ${dayNames(fitted).join(" ")}`);
    const weights = fit(fitted);
    let best = { constants: {} as Record<string, number>, score: Number.POSITIVE_INFINITY };
    for (const constants of VARIANTS) {
      const { intervalScorePct } = judge({ weights, constants, hourlyFile, dayFiles: fitted });
      console.log(
        `  on the same days, interval score ${intervalScorePct.toFixed(4)} with ${JSON.stringify(constants)}`,
      );
      if (intervalScorePct < best.score) best = { constants, score: intervalScorePct };
    }
    for (const constants of new Set([VARIANTS[0]!, best.constants])) {
      const { figures, intervalScorePct } = judge({ weights, constants, hourlyFile, dayFiles: judged });
      console.log(
        `  on the other days with ${JSON.stringify(constants)}: interval score ${intervalScorePct.toFixed(4)}`,
      );
      console.log(`  ${JSON.stringify(figures)}`);
    }
  }
}

function fit(files: string[]): TrackingWeights {
  let weights = firstGuess();
  for (let round = 0; round < ROUNDS; round++) {
    const request: MeasureRequest = { weights, hourlyFile, dayFiles: files };
    weights = peaksOf(runStep<number[][]>("tracking-measure.ts", request), weights);
  }
  return weights;
}

function judge(request: JudgeRequest): JudgeAnswer {
  return runStep<JudgeAnswer>("tracking-judge.ts", request);
}

function runStep<Answer>(script: string, request: unknown): Answer {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, path], {
    input: JSON.stringify(request),
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

function dayNames(files: readonly string[]): string[] {
  return files.map((file) => basename(file, ".csv.gz"));
}
