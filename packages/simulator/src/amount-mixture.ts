import { type SeededRandom, WeightedChoice } from "./seeded-random.ts";

const SATS_PER_BTC = 100_000_000;

/**
 * Density of amounts within ±0.6 % of a round dollar amount, relative to the background: `strength`
 * 4 means that the band has four times as many amounts in addition to the background. Measured on
 * real transactions; the middle of measured ranges.
 */
export const ROUND_DOLLARS: readonly { readonly usd: number; readonly strength: number }[] = [
  { usd: 1, strength: 1.4 },
  { usd: 5, strength: 1.5 },
  { usd: 10, strength: 3.5 },
  { usd: 15, strength: 1.65 },
  { usd: 20, strength: 3.3 },
  { usd: 25, strength: 1.6 },
  { usd: 30, strength: 3 },
  { usd: 40, strength: 1.7 },
  { usd: 50, strength: 3.8 },
  { usd: 60, strength: 0.4 },
  { usd: 100, strength: 4 },
  { usd: 150, strength: 2.3 },
  { usd: 200, strength: 2.7 },
  { usd: 300, strength: 1.8 },
  { usd: 400, strength: 0.3 },
  { usd: 500, strength: 2.3 },
  { usd: 1000, strength: 2.8 },
  { usd: 1500, strength: 0.5 },
  { usd: 2000, strength: 0.4 },
  { usd: 5000, strength: 1 },
  { usd: 10000, strength: 1 },
];

/** Background: normal distributions of log10(dollars), fitted by eye to a mempool of 2024. */
const BACKGROUND: readonly { readonly weight: number; readonly mean: number; readonly sigma: number }[] = [
  { weight: 0.12, mean: 0.2, sigma: 0.25 },
  { weight: 0.7, mean: 2.2, sigma: 0.95 },
  { weight: 0.18, mean: 3.9, sigma: 1.3 },
];

/**
 * Scatter of round payments, in decades: most senders use the current price, some a delayed or
 * different one.
 */
const SCATTER = { narrowShare: 0.65, narrowDecades: 0.0006, broadDecades: 0.004 } as const;

/** log10(1.006): half the width of the band of `strength`. */
const BAND_DECADES = Math.log10(1.006);

/** Share of amounts that are round in bitcoin, and dust amounts used by protocols. */
const ROUND_BTC_SHARE = 0.2;
const DUST_SHARE = 0.035;
/**
 * Distributions of first digits and significant digits of round bitcoin amounts, from the same
 * mempool.
 */
const FIRST_DIGITS: readonly (readonly [number, number])[] = [
  [1, 34],
  [2, 17],
  [3, 11],
  [4, 7],
  [5, 15],
  [6, 5],
  [7, 4],
  [8, 4],
  [9, 3],
];
const ROUND_DIGITS: readonly (readonly [number, number])[] = [
  [1, 42],
  [2, 33],
  [3, 25],
];
const MIN_SATS = 294;
const MAX_SATS = 20_000 * SATS_PER_BTC;

/** Kind of an amount. */
export type AmountKind = "round_usd" | "round_btc" | "dust" | "background";

/** Draws output amounts: round dollars, round bitcoins, dust, and a broad background. */
export class AmountMixture {
  readonly #random: SeededRandom;
  readonly #kind: WeightedChoice<AmountKind>;
  readonly #dollars: WeightedChoice<number>;
  readonly #background = new WeightedChoice(BACKGROUND.map((part) => [part, part.weight] as const));
  readonly #firstDigit = new WeightedChoice<number>(FIRST_DIGITS);
  readonly #roundDigits = new WeightedChoice<number>(ROUND_DIGITS);
  readonly #dust = new WeightedChoice<number>([
    [546, 55],
    [330, 25],
    [1000, 10],
    [600, 6],
    [294, 4],
  ]);
  /** Kind of the last drawn amount. */
  lastKind: AmountKind = "background";

  /**
   * @param peakStrength - multiplies every strength of {@link ROUND_DOLLARS}; 0 for no round
   *   amounts
   */
  constructor(random: SeededRandom, peakStrength: number) {
    this.#random = random;
    const excess = ROUND_DOLLARS.map(({ usd, strength }) => {
      const band = 2 * BAND_DECADES * backgroundDensity(Math.log10(usd));
      return [usd, (peakStrength * strength * band) / shareInsideBand()] as const;
    });
    const perBackground = excess.reduce((sum, [, weight]) => sum + weight, 0);
    this.#dollars = new WeightedChoice(peakStrength > 0 ? excess : [[1, 1]]);
    // Doubles the share, because the other output of a payment is change.
    const others = ROUND_BTC_SHARE + DUST_SHARE;
    const roundUsdShare = (perBackground * (2 - others)) / (1 + perBackground);
    this.#kind = new WeightedChoice<AmountKind>([
      ["round_usd", roundUsdShare],
      ["round_btc", ROUND_BTC_SHARE],
      ["dust", DUST_SHARE],
      ["background", Math.max(0, 1 - roundUsdShare - others)],
    ]);
  }

  /** Draws the amount of a payment, in satoshis, at `price` dollars per bitcoin. */
  payment(price: number): number {
    this.lastKind = this.#kind.pick(this.#random);
    switch (this.lastKind) {
      case "round_usd":
        return this.#roundDollars(price);
      case "round_btc":
        return this.#roundBitcoins(price);
      case "dust":
        return this.#dust.pick(this.#random);
      default:
        return this.change(price);
    }
  }

  /** Draws an amount of the background, in satoshis, for change. */
  change(price: number): number {
    const part = this.#background.pick(this.#random);
    return toSats(10 ** (part.mean + part.sigma * this.#random.gaussian()), price);
  }

  #roundDollars(price: number): number {
    const usd = this.#dollars.pick(this.#random);
    const sigma = this.#random.chance(SCATTER.narrowShare) ? SCATTER.narrowDecades : SCATTER.broadDecades;
    return toSats(usd * 10 ** (sigma * this.#random.gaussian()), price);
  }

  #roundBitcoins(price: number): number {
    const digits = this.#roundDigits.pick(this.#random);
    const first = this.#firstDigit.pick(this.#random);
    const significand =
      digits === 1 ? first : first * 10 ** (digits - 1) + this.#random.integer(0, 10 ** (digits - 1) - 1);
    // The magnitude follows the background, so that round bitcoin amounts have realistic values.
    const like = Math.max(1000, this.change(price));
    const step = 10 ** (Math.floor(Math.log10(like)) - digits + 1);
    return Math.min(MAX_SATS, Math.round(significand * step));
  }
}

/** Density of the background per decade at log10(dollars). */
export function backgroundDensity(log10Usd: number): number {
  let density = 0;
  for (const { weight, mean, sigma } of BACKGROUND) {
    const z = (log10Usd - mean) / sigma;
    density += (weight * Math.exp(-0.5 * z * z)) / (sigma * Math.sqrt(2 * Math.PI));
  }
  return density;
}

/** Share of round payments within ±0.6 % after scatter. */
function shareInsideBand(): number {
  const inside = (sigma: number) => errorFunction(BAND_DECADES / (sigma * Math.SQRT2));
  return SCATTER.narrowShare * inside(SCATTER.narrowDecades) + (1 - SCATTER.narrowShare) * inside(SCATTER.broadDecades);
}

/** erf by its power series, accurate for arguments up to about 4. */
function errorFunction(x: number): number {
  if (x > 4) return 1;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-12; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function toSats(usd: number, price: number): number {
  return Math.min(MAX_SATS, Math.max(MIN_SATS, Math.round((usd / price) * SATS_PER_BTC)));
}
