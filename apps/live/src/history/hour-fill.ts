import { type BlockPlace, type BlockSource, BlockSourceError, readBlocks } from "@utxoracle/block-source";
import type { PriceEstimate } from "@utxoracle/models";
import { TxParseError } from "@utxoracle/tx-parser";
import { budgets } from "../config/budgets.ts";
import { EstimateThreadError, type RawBlock } from "../confirmed/estimate-thread.ts";
import type { Logger } from "../logging/create-logger.ts";
import { logLine } from "../logging/log-line.ts";
import type { PriceHistory } from "./price-history.ts";

const HOUR_SECONDS = 3600;
/** A block's time may be this much before that of an earlier block, seconds. */
const DISORDER_SECONDS = 2 * HOUR_SECONDS;
/**
 * An hour is computed this long after its end, when its blocks are unlikely to be replaced,
 * seconds.
 */
const SETTLED_SECONDS = 1800;
/** Headers per request. */
const GROUP = 36;
/** Pause after an hour's work, as a multiple of its time: at most a fifth of a core. */
const REST_FACTOR = 4;
const MIN_REST_MS = 100;
/**
 * Pause before looking for missing hours again, ms: after an outage of the feed there are new ones.
 */
const PASS_PERIOD_MS = 600_000;
/** Pause after a failure, ms. */
const RETRY_MS = 60_000;

export interface HourFillOptions {
  readonly openSource: () => Promise<BlockSource>;
  readonly history: Pick<PriceHistory, "missingHours" | "addHour">;
  /** Estimate of the payments in consecutive blocks. */
  readonly estimate: (blocks: readonly RawBlock[]) => Promise<PriceEstimate>;
  /** Unix seconds. */
  readonly now: () => number;
  /** Waits; resolves early if the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Monotonic clock, ms. */
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * Computes the price of each hour in which none was published, from the node's own blocks: newest
 * first, in the background, as far back as the node has blocks. Computed hours are kept, so a
 * restart continues where it stopped.
 */
export class HourFill {
  readonly #options: HourFillOptions;
  /** Lowest hour that the node has blocks of, Unix seconds. */
  #lowest = Number.NEGATIVE_INFINITY;

  constructor(options: HourFillOptions) {
    this.#options = options;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { pause, log } = this.#options;
    while (!signal.aborted) {
      let pauseMs = PASS_PERIOD_MS;
      try {
        const filled = await this.#pass(signal);
        if (filled > 0) logLine(log, "filled price history from blocks", { hours: filled });
      } catch (error) {
        if (signal.aborted) return;
        if (!isOutage(error)) throw error;
        logLine(log, "cannot fill price history; retrying", { problem: error.message });
        pauseMs = RETRY_MS;
      }
      await pause(pauseMs, signal);
    }
  }

  /** @returns number of hours computed. */
  async #pass(signal: AbortSignal): Promise<number> {
    const { history, now, openSource, pause, clock } = this.#options;
    const missing = history.missingHours(now() - SETTLED_SECONDS).filter((hour) => hour >= this.#lowest);
    if (missing.length === 0) return 0;
    const source = await openSource();
    const headers = new HeadersDown(source, (await source.tip()).height);
    let filled = 0;
    for (const hour of missing) {
      if (signal.aborted) return filled;
      const places = await headers.ofHour(hour);
      // The first block of the chain, or of what the node has, may be in the middle of an hour.
      if (headers.isAtEnd && places.length === 0) break;
      const startedMs = clock();
      try {
        history.addHour(hour, places.length === 0 ? null : await this.#priceOf(source, places, signal));
      } catch (error) {
        if (!isEndOfBlocks(error)) throw error;
        this.#lowest = hour + HOUR_SECONDS;
        logLine(this.#options.log, "price history ends at the oldest block", { code: error.code });
        return filled;
      }
      filled++;
      await pause(Math.max(MIN_REST_MS, REST_FACTOR * (clock() - startedMs)), signal);
    }
    return filled;
  }

  async #priceOf(source: BlockSource, places: readonly BlockPlace[], signal: AbortSignal): Promise<PriceEstimate> {
    const blocks: RawBlock[] = [];
    for await (const { place, rawBytes } of readBlocks(source, places.slice(-budgets.hourBlocks.count), signal))
      blocks.push({ rawBytes, height: place.height });
    return await this.#options.estimate(blocks);
  }
}

/** Reads headers from the tip down, as far as needed. */
class HeadersDown {
  readonly #source: BlockSource;
  /** Lowest height first. */
  #places: BlockPlace[] = [];
  #lowest: number;

  constructor(source: BlockSource, tipHeight: number) {
    this.#source = source;
    this.#lowest = tipHeight + 1;
  }

  get isAtEnd(): boolean {
    return this.#lowest === 0;
  }

  /** The blocks of an hour, lowest first. Call it for descending hours. */
  async ofHour(hour: number): Promise<BlockPlace[]> {
    while (this.#lowest > 0 && (this.#places[0]?.time ?? Number.POSITIVE_INFINITY) >= hour - DISORDER_SECONDS) {
      const first = Math.max(0, this.#lowest - GROUP);
      this.#places = [...(await this.#source.places(first, this.#lowest - first)), ...this.#places];
      this.#lowest = first;
    }
    this.#places = this.#places.filter(({ time }) => time < hour + HOUR_SECONDS + DISORDER_SECONDS);
    return this.#places.filter(({ time }) => time >= hour && time < hour + HOUR_SECONDS);
  }
}

const isEndOfBlocks = (error: unknown): error is BlockSourceError =>
  error instanceof BlockSourceError && (error.code === "pruned" || error.code === "missing_block");

/** Errors of the node or of the thread that pass. */
function isOutage(error: unknown): error is Error {
  return (
    error instanceof BlockSourceError ||
    error instanceof TxParseError ||
    error instanceof EstimateThreadError ||
    (error instanceof Error && "syscall" in error)
  );
}
