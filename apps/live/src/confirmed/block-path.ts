import type { PricePathPoint } from "@utxoracle/estimator";
import type { BlockPathPrice } from "@utxoracle/models";
import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";
import { toCents } from "../state/digits.ts";
import type { ConfirmedSide } from "./confirmed-side.ts";
import { EstimateThreadError, type PathRequest } from "./estimate-thread.ts";

/** A block's payments are those since the block before, within these limits, seconds. */
const SPREAD_SECONDS_MIN = 300;
const SPREAD_SECONDS_MAX = 3600;
/** Time before the first block: the mean time between blocks, seconds. */
const SPREAD_SECONDS_FIRST = 600;
/**
 * Pause after the work, as a multiple of its time: at most a tenth of a core, whatever blocks
 * arrive.
 */
const REST_FACTOR = 9;
/** Pause after a failed thread, ms. */
const RETRY_MS = 10_000;

export interface BlockPathOptions {
  readonly confirmed: Pick<ConfirmedSide, "chain" | "setPath">;
  readonly pathPrices: (request: PathRequest) => Promise<readonly (PricePathPoint | null)[]>;
  /** Monotonic clock, ms. */
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * Computes the price of each block of the confirmed window in hindsight, with every new block. The
 * work is done in another thread: a window takes a quarter of a second.
 */
export class BlockPath {
  readonly #options: BlockPathOptions;
  /** Tip of the last computed path. */
  #tip: string | null = null;
  #isBusy = false;
  #readyAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: BlockPathOptions) {
    this.#options = options;
  }

  /** Computes the path if there is a new block. Call it with each tick. */
  async update(): Promise<void> {
    const { confirmed, pathPrices, clock, log } = this.#options;
    const tip = confirmed.chain.tip?.hash ?? null;
    if (this.#isBusy || tip === null || tip === this.#tip || clock() < this.#readyAtMs) return;
    this.#isBusy = true;
    this.#tip = tip;
    const startedMs = clock();
    const blocks = spansOf(confirmed.chain);
    try {
      const prices = await pathPrices(requestOf(blocks));
      const known = blocks.flatMap(({ hash }, i) => {
        const point = prices[i];
        return point == null ? [] : [[hash, blockPrice(point)] as const];
      });
      if (known.length > 0) confirmed.setPath(new Map(known));
      this.#readyAtMs = clock() + REST_FACTOR * (clock() - startedMs);
    } catch (error) {
      if (!(error instanceof EstimateThreadError)) throw error;
      logLine(log, "cannot compute prices of the last days; retrying", { problem: error.message });
      this.#tip = null;
      this.#readyAtMs = clock() + RETRY_MS;
    } finally {
      this.#isBusy = false;
    }
  }
}

interface BlockSpan {
  readonly hash: string;
  /** The time in which the block's payments were made, Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly amountsBtc: readonly number[];
}

/** Blocks' own times may go back; on the axis of time they stay in order. */
function spansOf({ blocks, start }: ConfirmedSide["chain"]): BlockSpan[] {
  let before: number | null = null;
  return blocks.map(({ hash, time, payments }) => {
    const to = Math.max(time, (before ?? Number.NEGATIVE_INFINITY) + 1);
    const since = before === null ? SPREAD_SECONDS_FIRST : to - before;
    before = to;
    const amountsBtc: number[] = [];
    payments.amountsWithin(start, amountsBtc);
    return { hash, to, from: to - Math.min(SPREAD_SECONDS_MAX, Math.max(SPREAD_SECONDS_MIN, since)), amountsBtc };
  });
}

function requestOf(blocks: readonly BlockSpan[]): PathRequest {
  return {
    amountsBtc: Float64Array.from(blocks.flatMap(({ amountsBtc }) => amountsBtc)),
    timestamps: Float64Array.from(
      blocks.flatMap(({ from, to, amountsBtc }) =>
        amountsBtc.map((_, i) => from + ((to - from) * (i + 0.5)) / amountsBtc.length),
      ),
    ),
    moments: blocks.map(({ from, to }) => (from + to) / 2),
  };
}

function blockPrice({ price, low, high }: PricePathPoint): BlockPathPrice {
  return { price: toCents(price), low: toCents(low), high: toCents(high) };
}
