/**
 * Seeded random number generator: the same seed gives the same numbers on every machine.
 *
 * Uses xoshiro128** (Blackman and Vigna, 2018), seeded by splitmix32 from an FNV-1a hash of the
 * seed's text. Not cryptographically secure.
 */
export class SeededRandom {
  readonly #seed: string;
  readonly #state = new Int32Array(4);
  #spareGaussian: number | null = null;

  /** @param seed - a number or a text; `1` and `"1"` are the same seed. */
  constructor(seed: number | string) {
    this.#seed = String(seed);
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(this.#seed)) hash = Math.imul(hash ^ byte, 0x01000193);
    for (let i = 0; i < 4; i++) {
      hash = (hash + 0x9e3779b9) | 0;
      let mixed = hash ^ (hash >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      this.#state[i] = mixed ^ (mixed >>> 15);
    }
  }

  /** Creates an independent stream, so that more draws in one stream do not change others. */
  fork(purpose: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${purpose}`);
  }

  /** An integer, uniform in 0 .. 2^32 - 1. */
  uint32(): number {
    const s = this.#state;
    const s1 = s[1]!;
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    s[2] = s[2]! ^ s[0]!;
    s[3] = s[3]! ^ s1;
    s[1] = s1 ^ s[2]!;
    s[0] = s[0]! ^ s[3]!;
    s[2] = s[2]! ^ (s1 << 9);
    const s3 = s[3]!;
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result >>> 0;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** An integer, uniform in low .. high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor((this.uint32() / 4294967296) * (high - low + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uint32() < probability * 4294967296;
  }

  /** Normally distributed, mean 0, standard deviation 1 (Box and Muller's method). */
  gaussian(): number {
    if (this.#spareGaussian !== null) {
      const spare = this.#spareGaussian;
      this.#spareGaussian = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    const angle = 2 * Math.PI * this.float();
    this.#spareGaussian = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * Exponentially distributed with the given mean: time between two events of a Poisson process.
   */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.float());
  }
}

/** Draws from a list with weights, which need not add up to 1. */
export class WeightedChoice<T> {
  readonly #items: readonly T[];
  readonly #cumulative: Float64Array;

  /**
   * @throws RangeError if the list is empty, a weight is negative or not finite, or all weights are
   *   0
   */
  constructor(weighted: readonly (readonly [item: T, weight: number])[]) {
    this.#items = weighted.map(([item]) => item);
    this.#cumulative = new Float64Array(weighted.length);
    let sum = 0;
    for (const [index, [, weight]] of weighted.entries()) {
      if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw new RangeError(`weight ${index} is ${weight}`);
      sum += weight;
      this.#cumulative[index] = sum;
    }
    if (sum <= 0) throw new RangeError("the weights must have a positive sum");
  }

  pick(random: SeededRandom): T {
    const cumulative = this.#cumulative;
    const target = random.float() * cumulative[cumulative.length - 1]!;
    let index = 0;
    while (cumulative[index]! <= target) index++;
    return this.#items[index]!;
  }
}
