/** An output amount and when it came. */
export interface TimedAmount {
  valueSats: number;
  timestamp: number;
}

export interface MarketOptions {
  seed: number;
  startSeconds: number;
  durationSeconds: number;
  amountsPerSecond: number;
  /** US dollars per bitcoin at a time. */
  priceAt(timestamp: number): number;
  /** Share of outputs that are round dollar payments. Real days: about a tenth. */
  roundShare?: number;
}

const ROUND_DOLLARS = [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000];
const POPULARITY = [2, 4, 2, 4, 2, 3, 2, 5, 5, 2, 3, 2, 2.5, 2.5];
const TOTAL_POPULARITY = POPULARITY.reduce((sum, value) => sum + value, 0);

/** Mulberry32: uniform numbers in [0, 1) from a seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

/** A normally distributed number (Box and Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A round amount in US dollars, the popular ones more often. */
export function roundDollars(random: () => number): number {
  let left = random() * TOTAL_POPULARITY;
  for (let index = 0; index < POPULARITY.length; index++) {
    left -= POPULARITY[index]!;
    if (left < 0) return ROUND_DOLLARS[index]!;
  }
  return 1000;
}

/**
 * A simulated market: log-normal amounts around $250, and among them round dollar payments that
 * scatter by 0.1 % around the price of some two minutes before, one in ten of them raised by a fee
 * of up to 1 %.
 */
export function simulateMarket(options: MarketOptions): TimedAmount[] {
  const random = randomNumbers(options.seed);
  const amounts: TimedAmount[] = [];
  const count = Math.round(options.durationSeconds * options.amountsPerSecond);
  for (let index = 0; index < count; index++) {
    const timestamp = options.startSeconds + (index / count) * options.durationSeconds;
    const price = options.priceAt(timestamp - 240 * random());
    let dollars: number;
    if (random() < (options.roundShare ?? 0.1)) {
      const fee = random() < 0.1 ? 0.01 * random() : 0;
      dollars = roundDollars(random) * Math.exp(fee + 0.0007 * normal(random));
    } else dollars = 250 * Math.exp(2.3 * normal(random));
    const valueSats = Math.round((dollars / price) * 1e8);
    if (valueSats > 1_000 && valueSats < 1e13) amounts.push({ valueSats, timestamp });
  }
  return amounts;
}
