/** Round dollar amounts that people send, and how often against each other. */
const ROUND_USD: ReadonlyArray<readonly [usd: number, weight: number]> = [
  [5, 3],
  [10, 6],
  [15, 2],
  [20, 6],
  [25, 3],
  [30, 4],
  [40, 2],
  [50, 7],
  [100, 8],
  [150, 2],
  [200, 5],
  [300, 3],
  [500, 4],
  [1000, 4],
];
/** How the people of a simulated market pay. */
export interface MarketHabits {
  /** Round dollar amounts and how often they are sent against each other. */
  roundUsd?: ReadonlyArray<readonly [usd: number, weight: number]>;
  /** Share of the amounts that are round in dollars. Default 0.35. */
  roundShare?: number;
  /** Standard deviation of a round amount, as a share of it. Default 0.001. */
  peakWidth?: number;
  /** Center of the other amounts in BTC. Default: $250 worth. */
  centerBtc?: number;
}

/** A generator of numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

/**
 * Output amounts of a simulated market in BTC, whole satoshis: some are round dollar amounts, a
 * little off, the rest is spread over five decades.
 */
export function simulatedAmountsBtc(
  priceUsd: number,
  count: number,
  seed: number,
  habits: MarketHabits = {},
): Float64Array {
  const { roundUsd = ROUND_USD, roundShare = 0.35, peakWidth = 0.001 } = habits;
  const centerUsd = habits.centerBtc === undefined ? 10 ** 2.4 : habits.centerBtc * priceUsd;
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const totalWeight = roundUsd.reduce((sum, [, weight]) => sum + weight, 0);
  const drawRound = (): number => {
    let rest = random() * totalWeight;
    for (const [usd, weight] of roundUsd) {
      rest -= weight;
      if (rest < 0) return usd;
    }
    return (roundUsd.at(-1) as readonly [number, number])[0];
  };
  return Float64Array.from({ length: count }, () => {
    const usd =
      random() < roundShare ? drawRound() * Math.exp(peakWidth * normal()) : centerUsd * 10 ** (0.9 * normal());
    const sats = Math.round((usd / priceUsd) * 1e8);
    return Math.min(Math.max(sats, 1_001), 1e13 - 1) / 1e8;
  });
}
