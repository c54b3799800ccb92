import { BlockSourceError, type BlockSourceErrorCode } from "@utxoracle/block-source";
import type { LoadedSettings } from "../../config/load.ts";
import type { nodeAuth } from "../../config/node-access.ts";
import type { Settings } from "../../config/schema.ts";
import { ExitCode } from "../../config/user-error.ts";
import type { BlockPayment } from "../../confirmed/block-payments.ts";
import { EstimateThread } from "../../confirmed/estimate-thread.ts";
import { asUserError, type BlockAccess, blockAccess, openBlockAccess } from "./block-access.ts";
import { type DayPrice, dayPrices } from "./day-prices.ts";
import { type DayRows, openDayRows } from "./day-rows.ts";
import { checkPage, writePage } from "./page-file.ts";
import { answerOf, csvRowOf, lineOf } from "./price-answer.ts";
import { pricePage } from "./price-page.ts";
import { priceRequest } from "./price-request.ts";
import { Progress, type Terminal } from "./progress.ts";
import type { PriceWindow } from "./window-places.ts";
import { priceOfWindow, type WindowPrice } from "./window-price.ts";

export interface PriceCommandOptions extends LoadedSettings {
  readonly machine: Parameters<typeof nodeAuth>[1];
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly signal: AbortSignal;
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * The round dollar amounts were measured in blocks from 2021 on; blocks of 2015 and 2016 are read
 * wrong.
 */
const FIRST_TESTED_DAY = "2021-01-01";
const UNTESTED = `prices are tested from ${FIRST_TESTED_DAY} on; earlier ones may be wrong`;

/**
 * Runs `utxoracle-live price`: prints the price of one window of blocks, or of several days.
 * @throws {UserError} for an error that the user can fix, with its exit code.
 */
export async function priceCommand(options: PriceCommandOptions): Promise<ExitCode> {
  const { settings, signal, now } = options;
  if (settings.html !== undefined) checkPage(settings.html);
  const request = priceRequest(settings, now());
  if (request.kind === "days" && (request.days[0] ?? FIRST_TESTED_DAY) < FIRST_TESTED_DAY && !settings.quiet)
    options.stderr.write(`utxoracle-live: ${UNTESTED}\n`);
  const access = blockAccess("price", options);
  try {
    if (request.kind !== "days") return await oneWindow(options, access, request);
    const [day] = request.days;
    return request.days.length === 1 && day !== undefined && settings.csv === undefined
      ? await oneWindow(options, access, { kind: "day", day })
      : await severalDays(options, access, request.days);
  } catch (error) {
    if (signal.aborted) return ExitCode.done;
    throw error instanceof BlockSourceError ? asUserError(error) : error;
  }
}

const engineAsked = ({ settings, given }: LoadedSettings): Settings["engine"] | null =>
  given.has("engine") ? settings.engine : null;

async function oneWindow(options: PriceCommandOptions, access: BlockAccess, window: PriceWindow): Promise<ExitCode> {
  const { settings, stdout, stderr, signal, now } = options;
  const progress = new Progress(stderr, { isQuiet: settings.quiet, now: () => performance.now() });
  const notice = noticeTo(options, progress);
  const { source, tip } = await openBlockAccess(access, { signal, onNotice: notice });
  if (tip.missingBlocks > 0)
    notice(`the node is syncing: ${tip.missingBlocks} blocks missing, last block ${tip.height}`);
  let payments: readonly BlockPayment[] = [];
  let price: WindowPrice;
  const thread = new EstimateThread();
  try {
    progress.show("finding blocks");
    price = await priceOfWindow(source, window, {
      engine: engineAsked(options),
      now: now(),
      signal,
      // Estimating a long window takes seconds; in this thread it would delay signal handlers.
      estimate: (engine, amountsBtc, batches) => thread.estimate(engine, amountsBtc, batches),
      onProgress: (done, all) => progress.showCount(done, all, "blocks"),
      ...(settings.html === undefined ? {} : { onPayments: (all) => (payments = all) }),
    });
  } finally {
    progress.clear();
    source.close();
    await thread.end();
  }
  // The last blocks can be old: block files of some years ago, or a node that is syncing.
  if (window.kind !== "day" && 1000 * price.last.time < Date.parse(FIRST_TESTED_DAY)) notice(UNTESTED);
  if (settings.html !== undefined) writePage(settings.html, pricePage(price, payments));
  stdout.write(`${settings.json ? JSON.stringify(answerOf(price)) : lineOf(price)}\n`);
  if (price.estimate.price !== null) return ExitCode.done;
  stderr.write("utxoracle-live: no price: not enough evidence in these blocks\n");
  return ExitCode.failed;
}

async function severalDays(
  options: PriceCommandOptions,
  access: BlockAccess,
  days: readonly string[],
): Promise<ExitCode> {
  const { settings, stderr, signal, now } = options;
  const progress = new Progress(stderr, { isQuiet: settings.quiet, now: () => performance.now() });
  // Reports problems of the node or block files once, and before the CSV file is created.
  const { source } = await openBlockAccess(access, { signal, onNotice: noticeTo(options, progress) });
  source.close();
  const csv = settings.csv === undefined ? null : openDayRows(settings.csv, options.stdout, settings.json);
  try {
    const missing = days.filter((day) => csv?.has(day) !== true);
    const data = { access, engine: engineAsked(options), now: now() };
    let done = days.length - missing.length;
    progress.showCount(done, days.length, "days");
    // Days without a price from earlier runs count too, so that a repeated run has the same exit
    // code.
    let exitCode: ExitCode = days.some((day) => csv?.lacksPrice(day)) ? ExitCode.failed : ExitCode.done;
    for await (const day of dayPrices(missing, data, signal)) {
      exitCode = Math.max(exitCode, reportDay(options, day, csv, progress)) as ExitCode;
      progress.showCount(++done, days.length, "days");
    }
    return exitCode;
  } finally {
    progress.clear();
    csv?.close();
  }
}

/** Errors that concern one day: its blocks are pruned, missing or damaged, or it has none. */
const SINGLE_DAY_ERRORS: ReadonlySet<BlockSourceErrorCode> = new Set([
  "pruned",
  "missing_block",
  "bad_block",
  "empty_day",
]);

/**
 * Writes the price of a day, or the reason that it has none.
 * @returns the exit code for this day.
 * @throws {BlockSourceError} for an error that concerns all days.
 */
function reportDay(options: PriceCommandOptions, day: DayPrice, csv: DayRows | null, progress: Progress): ExitCode {
  const { settings, stdout, stderr } = options;
  progress.clear();
  if ("problem" in day) {
    if (!SINGLE_DAY_ERRORS.has(day.problem.code)) throw day.problem;
    stderr.write(`utxoracle-live: ${day.day}: ${day.problem.message}\n`);
    return ExitCode.failed;
  }
  const { price } = day;
  csv?.add(day.day, csvRowOf(price));
  if (settings.json) stdout.write(`${JSON.stringify(answerOf(price))}\n`);
  else if (csv === null) stdout.write(`${lineOf(price)}\n`);
  return price.estimate.price === null ? ExitCode.failed : ExitCode.done;
}

function noticeTo({ settings, stderr }: PriceCommandOptions, progress: Progress): (text: string) => void {
  return (text) => {
    if (settings.quiet) return;
    progress.clear();
    stderr.write(`utxoracle-live: ${text}\n`);
  };
}
