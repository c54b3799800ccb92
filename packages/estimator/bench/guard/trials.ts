import type { Start } from "../attacks/attack.ts";
import { type AttackShape, SHAPES, type TimedPayment } from "../attacks/shapes.ts";
import type { CorpusDay } from "../corpus/corpus-days.ts";
import type { ExchangePrices } from "../corpus/exchange-prices.ts";
import { GuardedFilter, STRENGTHS } from "./guarded-filter.ts";

const HOUR = 3600;
const MINUTE = 60;
const WINDOW_SECONDS = 10_800;
/** `ok` and farther off than this is wrong. */
const WRONG = 0.02;
const LIVE_HOURS = Array.from({ length: 22 }, (_, index) => index + 3);
/** Hours of a day at which a service starts cold. */
const START_HOURS = [2, 7, 12, 17];
/** A cold start is asked so often, and so long. */
const START_ASKED_SECONDS = 2 * MINUTE;
const START_MINUTES = 120;
/** Hours of a day at whose end an attack ends. */
const ATTACK_HOURS = [9, 19];
const ATTACK_ASKED_SECONDS = 5 * MINUTE;
const AFTERMATH_SECONDS = 30 * MINUTE;
/** A cold window has seen so much before the attack. */
const COLD_SECONDS = 10 * MINUTE;
const COLD_PAYMENTS = [43, 86, 100];
const COLD_SHAPES = ["alias", "apart", "apart2"];
/** Of the payments of three hours. */
const SHARE = 0.01;
const WARM_SHAPES = ["burst", "drift", "near", "apart2"];

/** One trial: for each strength a count or minutes. */
export interface Trial {
  readonly kind: string;
  readonly day: string;
  /**
   * For each strength: live, 1 for `ok`; cold start, minutes until it, null: not within two hours;
   * attack, 1 for `ok` and wrong.
   */
  readonly values: readonly (number | null)[];
  /** Live: number of strengths at which the answer is `ok` and wrong. */
  readonly wrongUpTo?: number;
}

function upTo(strengths: number): number[] {
  return STRENGTHS.map((_, index) => (index < strengths ? 1 : 0));
}

function paymentsWithin({ times, sats }: CorpusDay, from: number, to: number): TimedPayment[] {
  const rows: TimedPayment[] = [];
  times.forEach((time, row) => {
    if (time > from && time <= to) rows.push({ time, sats: [sats[row]!] });
  });
  return rows;
}

/** The hours of a day, without an attack. */
export function liveTrials(day: CorpusDay, prices: ExchangePrices): Trial[] {
  const filter = new GuardedFilter(paymentsWithin(day, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));
  return LIVE_HOURS.flatMap((hour) => {
    const end = day.start + hour * HOUR;
    const truth = prices.closeAt(end);
    const { priceUsd, okUpTo } = filter.ask(end);
    if (truth === null) return [];
    const isWrong = priceUsd !== null && Math.abs(priceUsd / truth - 1) > WRONG;
    return [{ kind: "live", day: day.name, values: upTo(okUpTo), wrongUpTo: isWrong ? okUpTo : 0 }];
  });
}

/** Minutes until the first `ok` of a window that starts empty. */
export function startTrials(day: CorpusDay): Trial[] {
  return START_HOURS.map((hour) => {
    const begin = day.start + hour * HOUR;
    const filter = new GuardedFilter(paymentsWithin(day, begin, begin + START_MINUTES * MINUTE));
    const values: (number | null)[] = STRENGTHS.map(() => null);
    let reached = 0;
    for (let now = begin + START_ASKED_SECONDS; now <= begin + START_MINUTES * MINUTE; now += START_ASKED_SECONDS) {
      if (reached === STRENGTHS.length) break;
      const { okUpTo } = filter.ask(now, reached);
      for (; reached < okUpTo; reached++) values[reached] = (now - begin) / MINUTE;
    }
    return { kind: "start", day: day.name, values };
  });
}

/** Attacks on the windows of a day. The truth is the answer of a full window without them. */
export function attackTrials(day: CorpusDay, start: Start): Trial[] {
  return ATTACK_HOURS.flatMap((hour) => {
    const end = day.start + hour * HOUR;
    const window = paymentsWithin(day, end - WINDOW_SECONDS, end + AFTERMATH_SECONDS);
    const honest = new GuardedFilter(window);
    const moments: number[] = [];
    for (let now = end - HOUR; now <= end + AFTERMATH_SECONDS; now += ATTACK_ASKED_SECONDS) moments.push(now);
    const truths = moments.map((now) => honest.ask(now, STRENGTHS.length - 1).priceUsd);
    const truePriceUsd = truths[moments.indexOf(end)]!;
    if (truePriceUsd === null) return [];
    const tried = (kind: string, shape: AttackShape, count: number, since: number): Trial[] =>
      shape.offsets.map((offset) => {
        const forged = shape.forge({ count, offset, end, truePriceUsd, market: day });
        const all = [...window.filter(({ time }) => time > since), ...forged].sort((a, b) => a.time - b.time);
        const filter = new GuardedFilter(all);
        let wrongUpTo = 0;
        moments.forEach((now, moment) => {
          if (now <= end - shape.seconds || wrongUpTo === STRENGTHS.length) return;
          const { priceUsd, okUpTo } = filter.ask(now, wrongUpTo);
          const truth = truths[moment] ?? truePriceUsd;
          if (priceUsd !== null && Math.abs(priceUsd / truth - 1) > WRONG) wrongUpTo = okUpTo;
        });
        return { kind, day: day.name, values: upTo(wrongUpTo) };
      });
    const shapesOf = (names: readonly string[]): AttackShape[] => SHAPES.filter(({ name }) => names.includes(name));
    const share = Math.round(SHARE * window.filter(({ time }) => time <= end).length);
    if (start === "warm")
      return shapesOf(WARM_SHAPES).flatMap((shape) => tried("warm 1 %", shape, share, end - WINDOW_SECONDS));
    const cold = (kind: string, count: number): Trial[] =>
      shapesOf(COLD_SHAPES).flatMap((shape) => tried(kind, shape, count, end - shape.seconds - COLD_SECONDS));
    return [...COLD_PAYMENTS.flatMap((count) => cold(`cold ${count}`, count)), ...cold("cold 1 %", share)];
  });
}
