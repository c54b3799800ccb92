import { MempoolAnalyzer, type PriceEstimate } from "../../src/index.ts";
import type { AttackShape, Market, TimedPayment } from "./shapes.ts";

export const WINDOW_SECONDS = 10_800;
/** A cold window has seen so much before the attack. */
const COLD_SECONDS = 600;
const MINUTE = 60;
/** The window is asked so often from the attack's beginning on. */
const ASKED_SECONDS = 150;
/** How long after the attack its traces are looked for, seconds. */
const AFTERMATH_SECONDS = 3600;
/** `ok` and farther off than this is wrong. */
const WRONG = 0.02;
/** Back to within this, and `ok` where the window without the attack is. */
const RECOVERED = 0.005;

/**
 * How many payments are forged: a number, or a share of those of the three hours before the
 * attack's end.
 */
export type ForgedCount = { readonly payments: number } | { readonly share: number };

export type Start = "cold" | "warm";

/** One attack on one window. */
export interface AttackCase {
  readonly shape: AttackShape;
  readonly start: Start;
  readonly forged: ForgedCount;
  readonly offset: number;
  /** Unix seconds. */
  readonly end: number;
  readonly market: Market;
}

export interface AttackResult {
  readonly attack: AttackCase;
  readonly forged: number;
  /** Largest distance from the estimate without the attack, as a share of it. */
  readonly moved: number;
  /** Whether an answer was `ok` and more than 2 % from the estimate without the attack. */
  readonly okWrong: boolean;
  /** From the attack's end until the answer stays right; null: not within an hour. */
  readonly recoveryMinutes: number | null;
}

/** @returns null when the window has no price without the attack: there is nothing to move */
export function runAttack(attack: AttackCase): AttackResult | null {
  const { shape, start, offset, end, market } = attack;
  const begin = end - shape.seconds;
  const since = start === "cold" ? begin - COLD_SECONDS : end - WINDOW_SECONDS;
  const real = rowsWithin(market, since, end + AFTERMATH_SECONDS);
  const moments = momentsBetween(Math.max(begin, since + COLD_SECONDS), end + AFTERMATH_SECONDS);
  const honest = honestAnswers(attack, real, moments);
  const before = honest.filter(({ price }) => price !== null).at(-1);
  if (before === undefined || before.price === null) return null;
  const count = forgedCount(attack);
  const truePriceUsd = honest[moments.findIndex((moment) => moment >= end)]?.price ?? before.price;
  const forged = shape.forge({ count, offset, end, truePriceUsd, market });
  const attacked = answers(real, forged, moments);
  const distances = attacked.map(({ price }, moment) => {
    const truth = honest[moment]!.price ?? truePriceUsd;
    return price === null ? null : Math.abs(price / truth - 1);
  });
  const isBack = (moment: number): boolean =>
    distances[moment] !== null &&
    distances[moment]! <= RECOVERED &&
    (attacked[moment]!.status === "ok" || honest[moment]!.status !== "ok");
  let back = moments.length;
  while (back > 0 && isBack(back - 1)) back--;
  return {
    attack,
    forged: count,
    moved: Math.max(0, ...distances.map((distance) => distance ?? 0)),
    okWrong: attacked.some(({ status }, moment) => status === "ok" && distances[moment]! > WRONG),
    recoveryMinutes: back === moments.length ? null : Math.max(0, Math.round((moments[back]! - end) / MINUTE)),
  };
}

function forgedCount({ forged, market, end }: AttackCase): number {
  if ("payments" in forged) return forged.payments;
  return Math.max(1, Math.round(forged.share * rowsWithin(market, end - WINDOW_SECONDS, end).length));
}

/** Answers without the attack, kept for the attacks on the same window. */
const kept = new WeakMap<Market, Map<string, PriceEstimate[]>>();

function honestAnswers(
  { market, start, end, shape }: AttackCase,
  real: readonly TimedPayment[],
  moments: readonly number[],
): PriceEstimate[] {
  const ofMarket = kept.get(market) ?? new Map<string, PriceEstimate[]>();
  kept.set(market, ofMarket);
  const key = `${start} ${end} ${shape.seconds}`;
  const found = ofMarket.get(key) ?? answers(real, [], moments);
  ofMarket.set(key, found);
  return found;
}

function answers(
  real: readonly TimedPayment[],
  forged: readonly TimedPayment[],
  moments: readonly number[],
): PriceEstimate[] {
  const all = [...real, ...forged].sort((a, b) => a.time - b.time);
  const analyzer = new MempoolAnalyzer({ windowSeconds: WINDOW_SECONDS });
  let next = 0;
  return moments.map((now) => {
    for (; next < all.length && all[next]!.time <= now; next++) {
      const { sats, time } = all[next]!;
      analyzer.addTransaction({ txid: String(next), timestamp: time, amounts: sats.map((value) => value / 1e8) });
    }
    return analyzer.estimatePrice(now);
  });
}

function rowsWithin({ times, sats }: Market, from: number, to: number): TimedPayment[] {
  const rows: TimedPayment[] = [];
  times.forEach((time, row) => {
    if (time > from && time <= to) rows.push({ time, sats: [sats[row]!] });
  });
  return rows;
}

function momentsBetween(from: number, to: number): number[] {
  const moments: number[] = [];
  for (let moment = from; moment <= to; moment += ASKED_SECONDS) moments.push(moment);
  return moments;
}
