import type { Votes } from "../likelihood/votes.ts";
import { FilterChain } from "../transition/filter-chain.ts";
import { LocalModel, meanCell, type Speeds, updated } from "../transition/local-model.ts";
import { FILTER } from "./filter-model.ts";
import { fadePastPrices, voteWeights } from "./late-payments.ts";
import type { MinutePayments } from "./minute-payments.ts";
import { observedShare } from "./observed-time.ts";
import { CENSUS_SIZE, countPeaks, type PeakCount, takeCensus } from "./round-amount-census.ts";

export const LOCAL_MODEL: LocalModel = new LocalModel(FILTER.fine);
/**
 * Step of a census's price, natural log. Coarse, so that a census rarely changes when the chain
 * starts at a later minute.
 */
const CENSUS_STEP = 0.0005;

/** A minute before its own payments. */
interface Prediction {
  readonly densities: Speeds;
  /** Probability of each price in earlier minutes, fading with age. */
  readonly past: Float64Array;
  /** Weight of a vote for each price. */
  readonly weights: Float64Array;
}

interface MinuteState {
  readonly densities: Speeds;
  readonly past: Float64Array;
  readonly logPrice: number;
}

/** The payments of a minute around its price in steps of `CENSUS_STEP`. */
interface Census {
  readonly step: number;
  readonly counts: Int32Array;
}

/**
 * Places the price now within ±6 % of a center, minute by minute. Results of past minutes are kept
 * until one of their amounts changes.
 */
export class LocalPriceFilter {
  /** ln of the price at the center. */
  readonly center: number;
  readonly #minutes: ReadonlyMap<number, MinutePayments>;
  readonly #votes = new Map<number, Votes>();
  readonly #censuses = new Map<number, Census>();
  #peaks: { readonly firstMinute: number; readonly endMinute: number; readonly count: PeakCount } | undefined;
  readonly #chain: FilterChain<Prediction, MinuteState> = new FilterChain(predicted, (prediction, minute) =>
    this.#observe(prediction, minute),
  );

  /** @param minutes payments by minute; changes are reported to `vote` and `recount` */
  constructor(center: number, minutes: ReadonlyMap<number, MinutePayments>) {
    this.center = center;
    this.#minutes = minutes;
  }

  logPrice(cell: number): number {
    return this.center + LOCAL_MODEL.offset(cell);
  }

  /** An amount was added to a minute (1) or removed from it (-1). */
  vote(minute: number, valueSats: number, sign: 1 | -1): void {
    this.#votes.get(minute)?.push(valueSats, sign);
    this.#chain.forget(minute);
    this.recount(minute);
  }

  /** Invalidates the census of a minute. */
  recount(minute: number): void {
    this.#censuses.delete(minute);
    const peaks = this.#peaks;
    if (peaks !== undefined && minute >= peaks.firstMinute && minute < peaks.endMinute) this.#peaks = undefined;
  }

  /** The probability of each speed and price at `minute`, from the minutes since `firstMinute`. */
  densities(firstMinute: number, minute: number): Speeds {
    for (const kept of [this.#votes, this.#censuses])
      for (const old of kept.keys()) if (old < firstMinute) kept.delete(old);
    return this.#chain.at(firstMinute, minute).densities;
  }

  /** Census from `firstMinute` to before `endMinute`, at the prices and at their aliases. */
  peaks(firstMinute: number, endMinute: number): PeakCount {
    if (this.#peaks?.firstMinute === firstMinute && this.#peaks.endMinute === endMinute) return this.#peaks.count;
    const counted = new Int32Array(CENSUS_SIZE);
    const observed: number[] = [];
    for (let minute = firstMinute; minute < endMinute; minute++) {
      const payments = this.#minutes.get(minute);
      if (payments === undefined) continue;
      observed.push(minute);
      const { counts } = this.#censusOf(minute, payments, this.#chain.at(firstMinute, minute).logPrice);
      for (let entry = 0; entry < CENSUS_SIZE; entry++) counted[entry]! += counts[entry]!;
    }
    const count = countPeaks(counted, observedShare(observed, firstMinute, endMinute));
    this.#peaks = { firstMinute, endMinute, count };
    return count;
  }

  #censusOf(minute: number, payments: MinutePayments, logPrice: number): Census {
    const step = Math.round(logPrice / CENSUS_STEP);
    const known = this.#censuses.get(minute);
    if (known?.step === step) return known;
    const census = { step, counts: takeCensus(payments, step * CENSUS_STEP) };
    this.#censuses.set(minute, census);
    return census;
  }

  #votesOf(minute: number): Votes | undefined {
    const payments = this.#minutes.get(minute);
    if (payments === undefined) return undefined;
    const known = this.#votes.get(minute);
    if (known !== undefined) return known;
    const votes = LOCAL_MODEL.votesAround(this.center);
    payments.amounts.forEach((valueSats) => {
      votes.push(valueSats, 1);
    });
    this.#votes.set(minute, votes);
    return votes;
  }

  #observe({ densities, past, weights }: Prediction, minute: number): MinuteState {
    const votes = this.#votesOf(minute);
    const observed = updated(densities, votes && LOCAL_MODEL.likelihood(votes, weights));
    return { densities: observed, past, logPrice: this.logPrice(meanCell(observed)) };
  }
}

function predicted(before: MinuteState | undefined): Prediction {
  const { cells } = LOCAL_MODEL;
  const past = before ? fadePastPrices(before.past, before.densities) : new Float64Array(cells).fill(1 / cells);
  const densities = before ? LOCAL_MODEL.next(before.densities) : LOCAL_MODEL.anywhere();
  return { densities, past, weights: voteWeights(past) };
}
