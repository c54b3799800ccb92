import { seededRandom } from "../../test/simulated-market.ts";

/** The output amounts of a transaction and when it comes. */
export interface TimedPayment {
  /** One or two. */
  readonly sats: readonly number[];
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
  forge(plan: AttackPlan): TimedPayment[];
}

/** What people send, and how often: a forger copies it. */
const ROUND_USD = [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000];
const POPULARITY = [1, 3, 1.5, 3, 1.5, 2.3, 1.8, 4.6, 5.6, 2.7, 2.8, 1.8, 2.2, 2.2];
/** Scatter of forged payments, natural log: as narrow as the core of real peaks. */
const SCATTER = 0.0005;

/**
 * Distance of the amounts that hide true payments from them, natural log: beside a peak, where its
 * background is measured.
 */
const BESIDE = [0.01, 0.018] as const;

/** What the outputs of forged payments are worth. */
interface Outputs {
  /** Outputs at the false price in each payment. */
  readonly forged: 1 | 2;
  /** Whether only amounts are used that are not round at the true price. */
  readonly apart?: boolean;
  /**
   * Whether the second output lies beside a round amount of the true price, to hide true payments.
   */
  readonly masks?: boolean;
}

export const SHAPES: readonly AttackShape[] = [
  round("even", 10_800, [0.025, 0.05, -0.2], { forged: 1 }),
  round("burst", 300, [0.03, 0.1, -0.3], { forged: 1 }),
  round("burst2", 300, [0.03, 0.1, -0.3], { forged: 2 }),
  round("mask", 300, [0.03, 0.1], { forged: 1, masks: true }),
  { name: "drift", seconds: 1800, offsets: [0.025, -0.025], forge: (plan) => roundPayments(plan, 1800, linear) },
  round("near", 1800, [0.039, -0.022], { forged: 1 }),
  round("near2", 1800, [0.039, -0.022], { forged: 2 }),
  round("alias", 1800, [1, -0.5], { forged: 1 }),
  round("apart", 1800, [1, -0.5], { forged: 1, apart: true }),
  round("apart2", 1800, [1, -0.5], { forged: 2, apart: true }),
  round("long2", 7200, [1, -0.5], { forged: 2, apart: true }),
  round("longmask", 7200, [1, -0.5], { forged: 1, apart: true, masks: true }),
  { name: "echo", seconds: 1800, offsets: [0.03, -0.1], forge: echo },
];

function round(name: string, seconds: number, offsets: readonly number[], outputs: Outputs): AttackShape {
  return { name, seconds, offsets, forge: (plan) => roundPayments(plan, seconds, constant, outputs) };
}

function constant(): number {
  return 1;
}

function linear(progress: number): number {
  return progress;
}

/**
 * Round dollar amounts at the false price. `part` is the part of the offset at a progress from 0
 * to 1.
 */
function roundPayments(
  { count, offset, end, truePriceUsd }: AttackPlan,
  seconds: number,
  part: (progress: number) => number,
  { forged, apart = false, masks = false }: Outputs = { forged: 1 },
): TimedPayment[] {
  const isRound = (usd: number): boolean => ROUND_USD.some((round) => Math.abs(round / usd - 1) < 1e-6);
  const weights = POPULARITY.map((weight, index) => (apart && isRound(ROUND_USD[index]! / (1 + offset)) ? 0 : weight));
  const random = seededRandom(count + Math.round(1000 * offset));
  const shared = (usd: number): boolean => apart && isRound(usd * (1 + offset));
  const [nearest, farthest] = BESIDE;
  return Array.from({ length: count }, (_, index) => {
    const progress = (index + 1) / count;
    const priceUsd = truePriceUsd * (1 + offset * part(progress));
    const scattered = (usd: number): number => {
      const scatter = Math.exp(SCATTER * Math.log(random() + 1e-9) * (random() < 0.5 ? -1 : 1));
      return Math.round((usd / priceUsd) * 1e8 * scatter);
    };
    const first = pick(random, weights);
    const sats = [scattered(first)];
    if (forged === 2)
      sats.push(
        scattered(
          pick(
            random,
            weights.map((weight, i) => (ROUND_USD[i] === first ? 0 : weight)),
          ),
        ),
      );
    if (masks) {
      const beside = (nearest + random() * (farthest - nearest)) * (random() < 0.5 ? -1 : 1);
      const usd = pick(
        random,
        ROUND_USD.map((round) => (shared(round) ? 0 : 1)),
      );
      sats.push(Math.round((usd / truePriceUsd) * 1e8 * Math.exp(beside)));
    }
    return { sats, time: end - seconds * (1 - progress) };
  });
}

/** Real payments of the hour before, sent again at the false price. */
function echo({ count, offset, end, market }: AttackPlan): TimedPayment[] {
  const random = seededRandom(count);
  const hour = Array.from(market.times.keys()).filter(
    (row) => market.times[row]! > end - 5400 && market.times[row]! <= end - 1800,
  );
  if (hour.length === 0) return [];
  return Array.from({ length: count }, (_, index) => {
    const row = hour[Math.floor(random() * hour.length)]!;
    return { sats: [Math.round(market.sats[row]! / (1 + offset))], time: end - 1800 * (1 - (index + 1) / count) };
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
