import type { EvidenceResponse } from "@utxoracle/models";
import type { LiveWindow } from "../ingest/live-window.ts";
import type { HistoryReader } from "../state/history-rows.ts";
import { isCurrent } from "../state/status.ts";

type PriceChange = EvidenceResponse["changes"][number];

/** How long ago the earlier prices were published, seconds. */
const AGES_SECONDS = [600, 3600] as const;
/** Older prices moved in between: the outputs since then are round amounts at many prices. */
const COUNTED_AGE_SECONDS = 600;
/** A row up to this much older stands for the earlier time, seconds. */
const ROW_TOLERANCE_SECONDS = 60;
/**
 * An output is worth a round amount at a price if it is this near, as a share; nearer if the prices
 * are. By the sharp peak shape of the estimator, 77 % of payments are.
 */
const NEAR = 0.0015;
/**
 * Prices that differ by less, as a share, cannot be distinguished by single outputs. At this
 * distance the true one gets three times the other's.
 */
const DISTINCT = 0.001;

export interface PriceChangesOptions {
  /** Unix seconds. */
  readonly now: number;
  /** US dollars per bitcoin. */
  readonly price: number;
  /** The round dollar amounts to count. */
  readonly roundUsd: readonly number[];
  readonly history: Pick<HistoryReader, "rows">;
  readonly window: Pick<LiveWindow, "analyzer">;
}

/**
 * The prices published some time ago, and how many of the outputs of ten minutes are round amounts
 * at either price.
 */
export function priceChanges({ now, price, roundUsd, history, window }: PriceChangesOptions): PriceChange[] {
  return AGES_SECONDS.flatMap((age) => {
    const to = Math.floor((now - age) / 10) * 10;
    const row = history
      .rows({ step: 10, from: to - ROW_TOLERANCE_SECONDS, to })
      .filter(({ status }) => status !== "missing" && status !== "confirmed" && isCurrent(status))
      .at(-1);
    if (row === undefined || row.price === null) return [];
    const { time: since, price: before, low, high } = row;
    const distance = Math.abs(Math.log(price / before));
    const tolerance = Math.min(NEAR, distance / 2);
    const isCounted = age <= COUNTED_AGE_SECONDS && distance >= DISTINCT;
    const { amountsBtc } = isCounted ? window.analyzer.amountsBetween(since, now) : { amountsBtc: null };
    const count = (usdPerBtc: number): number | null =>
      amountsBtc?.filter((btc) => isRound(btc * usdPerBtc, roundUsd, tolerance)).length ?? null;
    return [
      {
        since,
        price: before,
        interval: low === null || high === null ? null : { low, high },
        outputs_now: count(price),
        outputs_then: count(before),
      },
    ];
  });
}

const isRound = (usd: number, roundUsd: readonly number[], tolerance: number): boolean =>
  roundUsd.some((round) => Math.abs(usd / round - 1) < tolerance);
