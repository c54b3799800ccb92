import { BlockSourceError } from "@utxoracle/block-source";
import {
  accuracyFigures,
  accuracyTable,
  type JudgedMoment,
  movementFigures,
  reliability,
} from "@utxoracle/estimator/accuracy";
import type { Logger } from "pino";
import type { LoadedSettings } from "../../config/load.ts";
import type { nodeAuth } from "../../config/node-access.ts";
import { ExitCode, UserError } from "../../config/user-error.ts";
import { endOfDay, isoMinute, startOfDay } from "../../confirmed/utc-day.ts";
import { asUserError, blockAccess, openBlockAccess } from "../price/block-access.ts";
import { checkPage, writePage } from "../price/page-file.ts";
import { Progress, type Terminal } from "../price/progress.ts";
import type { AnswerSource } from "./answers.ts";
import { blockAnswers } from "./block-answers.ts";
import { captureAnswers } from "./capture-answers.ts";
import { KnownPrices } from "./known-prices.ts";
import { readPrices } from "./read-prices.ts";
import { recordedAnswers } from "./recorded-answers.ts";
import { scorePage } from "./score-page.ts";

export interface ScoreCommandOptions extends LoadedSettings {
  /** Path of a recording; null: the record or blocks. */
  readonly recording: string | null;
  readonly machine: Parameters<typeof nodeAuth>[1];
  readonly log: Logger;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly signal: AbortSignal;
  /** Unix seconds. */
  readonly now: () => number;
}

/** Maximum number of moments: every minute of 90 days. */
const MOMENTS_MAX = 130_000;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Judged moments, and the number of moments without an answer. */
interface Judged {
  readonly title: string;
  readonly moments: readonly JudgedMoment[];
  readonly unanswered: number;
}

/**
 * Runs `utxoracle-live score`: compares prices of this program with the operator's own.
 * @throws {UserError} for an error that the user can fix, with its exit code.
 */
export async function scoreCommand(options: ScoreCommandOptions): Promise<ExitCode> {
  const { settings, signal, stdout } = options;
  if (settings.prices === undefined) throw new UserError("score: missing --prices FILE, a CSV file of time and price");
  if (settings.html !== undefined) checkPage(settings.html);
  const range = rangeOf(options);
  const known = new KnownPrices(readPrices(settings.prices));
  const progress = new Progress(options.stderr, { isQuiet: settings.quiet, now: () => performance.now() });
  let judged: Judged;
  try {
    judged = await withSource(options, range, known, (source) =>
      judge(source, { known, range, windowSeconds: settings.window, progress }),
    );
  } catch (error) {
    if (signal.aborted) return ExitCode.done;
    throw error instanceof BlockSourceError ? asUserError(error) : error;
  } finally {
    progress.clear();
  }
  const { moments, unanswered, title } = judged;
  const table = accuracyTable({ title, note: `(${unanswered} more have no price of this program)` }, moments);
  if (settings.html !== undefined) writePage(settings.html, scorePage(table, moments));
  stdout.write(`${settings.json ? JSON.stringify(figuresOf(moments, unanswered)) : table}\n`);
  return ExitCode.done;
}

/** Fields as in the last line of `bench:accuracy --json`. */
const figuresOf = (moments: readonly JudgedMoment[], unanswered: number): object => ({
  ...accuracyFigures(moments),
  without_answer: unanswered,
  by_movement: movementFigures(moments),
  reliability: reliability(moments),
});

function rangeOf({ settings: { from, to } }: ScoreCommandOptions): Range {
  if (from !== undefined && to !== undefined && to < from)
    throw new UserError(`score: --from ${from} is after --to ${to}`);
  return {
    from: from === undefined ? Number.NEGATIVE_INFINITY : startOfDay(from),
    to: to === undefined ? Number.POSITIVE_INFINITY : endOfDay(to),
  };
}

async function withSource(
  options: ScoreCommandOptions,
  range: Range,
  known: KnownPrices,
  use: (source: AnswerSource) => Promise<Judged>,
): Promise<Judged> {
  const { settings, recording, signal, log } = options;
  const { window: windowSeconds, engine } = settings;
  const directory = settings["data-dir"];
  const blocksDirectory = settings["blocks-dir"];
  const asked = Object.entries({
    RECORDING: recording ?? undefined,
    "--data-dir": directory,
    "--blocks-dir": blocksDirectory,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (asked.length > 1) throw new UserError(`score: ${asked.join(" and ")} cannot be combined`);
  if (recording !== null)
    return await use(
      await captureAnswers({ path: recording, spanSeconds: settings.span, windowSeconds, engine, signal }),
    );
  if (directory !== undefined) {
    const record = await recordedAnswers(directory, settings.chain ?? null, log);
    try {
      return await use(record);
    } finally {
      await record.close();
    }
  }
  if (!Number.isFinite(range.from) || !Number.isFinite(range.to))
    throw new UserError("score: missing source; use --data-dir, a RECORDING, or --from and --to for blocks");
  if (known.moments(range.from, range.to).length === 0) throw noMoments(settings.prices, range, range);
  const { source, tip } = await openBlockAccess(blockAccess("score", options), { signal });
  try {
    return await use(await blockAnswers({ source, tip, ...range, windowSeconds, engine, signal }));
  } finally {
    source.close();
  }
}

interface JudgeOptions {
  readonly known: KnownPrices;
  readonly range: Range;
  readonly windowSeconds: number;
  readonly progress: Progress;
}

async function judge(source: AnswerSource, { known, range, windowSeconds, progress }: JudgeOptions): Promise<Judged> {
  if (source.span === null) throw new UserError(`score: no prices in the ${source.title}`);
  const from = Math.max(range.from, source.span.from);
  const to = Math.min(range.to, source.span.to);
  const moments = known.moments(from, to);
  if (moments.length === 0) throw noMoments(undefined, range, source.span);
  if (moments.length > MOMENTS_MAX)
    throw new UserError(`score: ${moments.length} prices; at most ${MOMENTS_MAX} are compared: use --from and --to`);
  const truths = new Map(moments.map(({ time, priceUsd }) => [time, priceUsd]));
  const times = [...truths.keys()];
  const judged: JudgedMoment[] = [];
  for await (const { time, estimate } of source.answers(times)) {
    const movedPct = known.movedPct(time - windowSeconds, time);
    const truthUsd = truths.get(time);
    if (movedPct === null || truthUsd === undefined) continue;
    judged.push({ label: isoMinute(time), movedPct, truthUsd, estimate });
    progress.showCount(judged.length, times.length, "prices");
  }
  if (judged.length === 0) throw new UserError(`score: the ${source.title} have no price at the times of --prices`);
  return { title: source.title, moments: judged, unanswered: times.length - judged.length };
}

function noMoments(path: string | undefined, asked: Range, covered: Range): UserError {
  const { from, to } = { from: Math.max(asked.from, covered.from), to: Math.min(asked.to, covered.to) };
  const file = path === undefined ? "the file" : path;
  if (from > to) return new UserError("score: --from and --to lie outside the time that the source covers");
  return new UserError(`--prices: ${file} has no price from ${isoMinute(from)} to ${isoMinute(to)} UTC`);
}
