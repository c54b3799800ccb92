import { seededRandom } from "../../test/simulated-market.ts";

/** An output amount and when it comes. */
export interface TimedAmount {
  readonly sats: number;
  /** Unix seconds. */
  readonly time: number;
}

/** Real payments of a day before and during an attack, ascending. */
export interface Market {
  readonly times: Float64Array;
  readonly sats: Float64Array;
}

/** What an attack is made of. */
export interface AttackPlan {
  /** Payments sent. */
  readonly count: number;
  /** Price that the forged payments point at over the true one, less 1. */
  readonly offset: number;
  /** When the last forged payment comes, Unix seconds. */
  readonly end: number;
  readonly truePriceUsd: number;
  readonly market: Market;
}

/** How forged payments come. */
export interface AttackShape {
  readonly name: string;
  /** Seconds from the first to the last forged payment. */
  readonly seconds: number;
  /** Offsets that the shape is tried with. */
  readonly offsets: readonly number[];
  forge(plan: AttackPlan): TimedAmount[];
}

/** What people send, and how often: a forger copies it. */
const ROUND_USD = [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000];
const POPULARITY = [1, 3, 1.5, 3, 1.5, 2.3, 1.8, 4.6, 5.6, 2.7, 2.8, 1.8, 2.2, 2.2];
/** Scatter of forged payments, natural log: as narrow as the core of real peaks. */
const SCATTER = 0.0005;

export const SHAPES: readonly AttackShape[] = [
  {
    name: "even",
    seconds: 10_800,
    offsets: [0.025, 0.05, -0.2],
    forge: (plan) => roundPayments(plan, 10_800, constant),
  },
  { name: "burst", seconds: 300, offsets: [0.03, 0.1, -0.3], forge: (plan) => roundPayments(plan, 300, constant) },
  { name: "drift", seconds: 1800, offsets: [0.025, -0.025], forge: (plan) => roundPayments(plan, 1800, linear) },
  { name: "near", seconds: 1800, offsets: [0.039, -0.022], forge: (plan) => roundPayments(plan, 1800, constant) },
  { name: "alias", seconds: 1800, offsets: [1, -0.5], forge: (plan) => roundPayments(plan, 1800, constant) },
  { name: "apart", seconds: 1800, offsets: [1, -0.5], forge: (plan) => roundPayments(plan, 1800, constant, true) },
  { name: "echo", seconds: 1800, offsets: [0.03, -0.1], forge: echo },
];

function constant(): number {
  return 1;
}

function linear(progress: number): number {
  return progress;
}

/**
 * Round dollar amounts at the false price; `apart`: none that is round at the true price, too. So an alias leads with the
 * fewest payments. `part` is the part of the offset at a progress from 0 to 1.
 */
function roundPayments(
  { count, offset, end, truePriceUsd }: AttackPlan,
  seconds: number,
  part: (progress: number) => number,
  apart = false,
): TimedAmount[] {
  const isRound = (usd: number): boolean => ROUND_USD.some((round) => Math.abs(round / usd - 1) < 1e-6);
  const weights = POPULARITY.map((weight, index) => (apart && isRound(ROUND_USD[index]! / (1 + offset)) ? 0 : weight));
  const random = seededRandom(count + Math.round(1000 * offset));
  return Array.from({ length: count }, (_, index) => {
    const progress = (index + 1) / count;
    const priceUsd = truePriceUsd * (1 + offset * part(progress));
    const scatter = Math.exp(SCATTER * Math.log(random() + 1e-9) * (random() < 0.5 ? -1 : 1));
    const sats = Math.round((pick(random, weights) / priceUsd) * 1e8 * scatter);
    return { sats, time: end - seconds * (1 - progress) };
  });
}

/** Real payments of the hour before, sent again at the false price. */
function echo({ count, offset, end, market }: AttackPlan): TimedAmount[] {
  const random = seededRandom(count);
  const hour = Array.from(market.times.keys()).filter(
    (row) => market.times[row]! > end - 5400 && market.times[row]! <= end - 1800,
  );
  if (hour.length === 0) return [];
  return Array.from({ length: count }, (_, index) => {
    const row = hour[Math.floor(random() * hour.length)]!;
    return { sats: Math.round(market.sats[row]! / (1 + offset)), time: end - 1800 * (1 - (index + 1) / count) };
  });
}

function pick(random: () => number, weights: readonly number[]): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return ROUND_USD[index === -1 ? ROUND_USD.length - 1 : index]!;
}
