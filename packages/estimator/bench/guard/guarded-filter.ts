import { FILTER } from "../../src/posterior/filter/filter-model.ts";
import { LiveFilter } from "../../src/posterior/filter/live-filter.ts";
import type { TimedPayment } from "../attacks/shapes.ts";

/** Multiples of N, the number of payments that may be forged, weakest first. The model has 1. */
export const STRENGTHS = [0, 0.25, 0.5, 0.75, 1, 1.5] as const;

const { rivals, alias } = FILTER;
const FULL = { ...rivals };
const FULL_YOUNG = { ...alias.young };
const WINDOW_SECONDS = 10_800;
/** A finished slice begins so long before the moment. */
const FINISHED_SECONDS = 2 * FILTER.sliceMinutes * FILTER.minuteSeconds;
/** Worth no round amount, and not round in bitcoin. */
const ANY_SATS = 123_457;

/** An answer, judged by guards of several strengths. */
export interface GuardedAnswer {
  readonly priceUsd: number | null;
  /** Number of strengths, from the weakest on, up to which the answer is `ok`. */
  readonly okUpTo: number;
}

/** A live filter that is asked with several guards at each moment. */
export class GuardedFilter {
  readonly #filter: LiveFilter = new LiveFilter(WINDOW_SECONDS);
  readonly #payments: readonly TimedPayment[];
  #next = 0;

  /** @param payments ascending by time */
  constructor(payments: readonly TimedPayment[]) {
    this.#payments = payments;
  }

  /** @param from strengths before this one are taken to be `ok` */
  ask(now: number, from = 0): GuardedAnswer {
    for (; this.#next < this.#payments.length && this.#payments[this.#next]!.time <= now; this.#next++) {
      const { sats, time } = this.#payments[this.#next]!;
      this.#filter.add(sats[0]!, sats[1] ?? 0, time);
    }
    let priceUsd: number | null = null;
    for (let index = from; index < STRENGTHS.length; index++) {
      setStrength(STRENGTHS[index]!);
      this.#forgetRivals(now);
      const { price, status } = this.#filter.estimate(now);
      priceUsd = price;
      if (status !== "ok") return { priceUsd, okUpTo: index };
    }
    return { priceUsd, okUpTo: STRENGTHS.length };
  }

  /**
   * A payment that comes and goes: the filter looks for other prices again, with the present
   * strength.
   */
  #forgetRivals(now: number): void {
    this.#filter.add(ANY_SATS, 0, now - FINISHED_SECONDS);
    this.#filter.remove(ANY_SATS, 0, now - FINISHED_SECONDS);
  }
}

function setStrength(strength: number): void {
  rivals.forgedPayments = strength * FULL.forgedPayments;
  rivals.forgedShare = strength * FULL.forgedShare;
  alias.young.payments = strength * FULL_YOUNG.payments;
  alias.young.share = strength * FULL_YOUNG.share;
}
