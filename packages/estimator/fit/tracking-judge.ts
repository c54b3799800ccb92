/**
 * A step of fit/tracking.ts, in a process of its own: the live figures of some days (standard output) with given weights
 * and constants (standard input).
 */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type AccuracyFigures, accuracyFigures } from "../bench/accuracy/figures.ts";
import type { JudgedWindow } from "../bench/accuracy/windows.ts";
import { readDay } from "../bench/corpus/corpus-days.ts";
import { ExchangePrices } from "../bench/corpus/exchange-prices.ts";
import { TRACKING } from "../src/tracking/tracking-model.ts";
import { installWeights, type TrackingWeights } from "./tracking-weights.ts";

export interface JudgeRequest {
  weights: TrackingWeights;
  /** Constants of the tracking model to change, e.g. `{ "fine.temper": 0.4 }`. */
  constants: Record<string, number>;
  hourlyFile: string;
  dayFiles: string[];
}

export interface JudgeAnswer {
  figures: AccuracyFigures;
  /** Mean interval score of 90 % intervals, per cent of the price: their width and 20 times what lies outside. */
  intervalScorePct: number;
}

const request: JudgeRequest = JSON.parse(await text(process.stdin));
installWeights(request.weights);
for (const [path, value] of Object.entries(request.constants)) {
  const [group, name] = path.split(".") as [string, string];
  (TRACKING as unknown as Record<string, Record<string, number>>)[group]![name] = value;
}
const { judgeDay } = await import("../bench/accuracy/windows.ts");

const exchange = new ExchangePrices(readFileSync(request.hourlyFile, "utf8"), request.hourlyFile);
const windows: JudgedWindow[] = request.dayFiles.flatMap(
  (file) =>
    judgeDay(readDay(file), exchange, { mode: "live", engine: "posterior", windowSeconds: 10_800 } as Parameters<
      typeof judgeDay
    >[2]).windows,
);
const answer: JudgeAnswer = { figures: accuracyFigures(windows), intervalScorePct: intervalScorePct(windows) };
process.stdout.write(JSON.stringify(answer));

/** Lower is better; one window counts 10 % at most, so that a crash does not decide alone. */
function intervalScorePct(judged: readonly JudgedWindow[]): number {
  const scores = judged.map(({ estimate: { interval }, truthUsd }) => {
    if (interval === null) return 10;
    const outside = Math.max(0, interval.low - truthUsd, truthUsd - interval.high);
    return Math.min(10, (100 * (interval.high - interval.low + 20 * outside)) / truthUsd);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
