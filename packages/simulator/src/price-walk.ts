import type { SeededRandom } from "./seeded-random.ts";

const STEP_SECONDS = 60;
const SECONDS_PER_YEAR = 365.25 * 86_400;

/**
 * The simulated price: a random walk of the log price in steps of one minute, linear in between.
 *
 * The walk starts at `startPrice` at time 0 and extends in both directions, so that a simulator
 * that starts now has this price and a history. The price at a time does not depend on earlier
 * calls.
 */
export class PriceWalk {
  readonly #startPrice: number;
  readonly #stepSigma: number;
  readonly #future: SeededRandom;
  readonly #past: SeededRandom;
  readonly #futureLogs: number[] = [0];
  readonly #pastLogs: number[] = [0];

  /**
   * @param startPrice - dollars per bitcoin at time 0
   * @param volatility - annual standard deviation of the log price; 0 is a constant price, 0.6 a
   *   typical year
   */
  constructor(random: SeededRandom, startPrice: number, volatility: number) {
    this.#startPrice = startPrice;
    this.#stepSigma = volatility * Math.sqrt(STEP_SECONDS / SECONDS_PER_YEAR);
    this.#future = random.fork("price after the start");
    this.#past = random.fork("price before the start");
  }

  /** Dollars per bitcoin, `seconds` after the start (negative: before it). */
  priceAt(seconds: number): number {
    const logs = seconds >= 0 ? this.#futureLogs : this.#pastLogs;
    const random = seconds >= 0 ? this.#future : this.#past;
    const position = Math.abs(seconds) / STEP_SECONDS;
    const index = Math.floor(position);
    while (logs.length < index + 2) logs.push(logs[logs.length - 1]! + this.#stepSigma * random.gaussian());
    const fraction = position - index;
    return this.#startPrice * Math.exp(logs[index]! * (1 - fraction) + logs[index + 1]! * fraction);
  }
}
