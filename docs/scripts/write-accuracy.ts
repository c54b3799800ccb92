/**
 * Runs the accuracy benchmark in all modes and writes docs/accuracy.json and docs/accuracy.md:
 * `pnpm docs:accuracy`. Takes minutes. With `--engine posterior` it runs one engine and keeps the
 * figures of the other; with `--render` it runs none. `UTXORACLE_CORPUS` names the corpus.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import {
  type AccuracyFigures,
  type AccuracyRecord,
  type AccuracyRun,
  accuracyPage,
  coveragePicture,
} from "./accuracy.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const recordFile = join(root, "docs/accuracy.json");
const benchmark = "packages/estimator/bench/accuracy.ts";
const corpus = process.env["UTXORACLE_CORPUS"] ?? join(root, "../shared/corpus");

const { values: options } = parseArgs({
  options: { engine: { type: "string" }, render: { type: "boolean", default: false } },
});

const all: readonly AccuracyRun[] = [
  ...(["posterior", "reference"] as const).map((engine) => ({ engine, mode: "live", windowSeconds: 10_800 }) as const),
  ...[10_800, 3600, 600].flatMap((windowSeconds) =>
    (["posterior", "reference"] as const).map((engine) => ({ engine, mode: "cold", windowSeconds }) as const),
  ),
];

async function run({ engine, mode, windowSeconds }: AccuracyRun): Promise<AccuracyFigures> {
  const words = ["--engine", engine, "--mode", mode, "--window", String(windowSeconds), "--corpus", corpus, "--json"];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@utxoracle/source", "--import", "tsx", benchmark, ...words],
    { cwd: root },
  );
  console.log(`${engine} ${mode} ${windowSeconds} s: ${stdout.trim()}`);
  return JSON.parse(stdout) as AccuracyFigures;
}

/** @throws Error if the record has none: run the benchmark for all engines. */
function keptFigures({ engine, mode, windowSeconds }: AccuracyRun): AccuracyFigures {
  const found = kept.find(
    ({ asked }) => asked.engine === engine && asked.mode === mode && asked.windowSeconds === windowSeconds,
  );
  if (found === undefined) throw new Error(`${recordFile} has no ${mode} figures of ${engine} at ${windowSeconds} s`);
  return found.figures;
}

/** The days named in a source file of fitted weights. */
function daysNamedIn(path: string): string[] {
  const days = readFileSync(join(root, path), "utf8").match(/\b\d{4}-\d{2}-\d{2}\b/g);
  if (days === null) throw new Error(`${path} names no day that its weights were fitted to`);
  return [...new Set(days)].sort();
}

const days = readdirSync(join(corpus, "days"))
  .map((name) => /^(\d{4}-\d{2}-\d{2})\.csv\.gz$/.exec(name)?.[1])
  .filter((day) => day !== undefined)
  .sort();
const judged = (fitted: readonly string[]): string[] => fitted.filter((day) => days.includes(day));

const figures = new Map<AccuracyRun, AccuracyFigures>();
const kept =
  options.engine === undefined && !options.render
    ? []
    : (JSON.parse(readFileSync(recordFile, "utf8")) as AccuracyRecord).runs;
const waiting = all.filter(
  ({ engine }) => !options.render && (options.engine === undefined || engine === options.engine),
);
if (waiting.length === 0 && !options.render) throw new Error(`--engine ${options.engine}: unknown engine`);
await Promise.all(
  Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) figures.set(next, await run(next));
  }),
);
const record: AccuracyRecord = {
  days,
  fitted: {
    tracking: judged(daysNamedIn("packages/estimator/src/posterior/likelihood/weights.json")),
    posterior: judged(daysNamedIn("packages/estimator/src/posterior/likelihood/weights.json")),
  },
  runs: all.map((one) => ({ asked: one, figures: figures.get(one) ?? keptFigures(one) })),
};
writeFileSync(recordFile, `${JSON.stringify(record, null, 2)}\n`);
writeFileSync(join(root, "docs/accuracy.md"), accuracyPage(record));
writeFileSync(join(root, "docs/images/coverage.svg"), coveragePicture(record));
