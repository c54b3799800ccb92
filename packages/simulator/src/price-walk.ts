import type { SeededRandom } from "./seeded-random.ts";

const STEP_SECONDS = 60;
const SECONDS_PER_YEAR = 365.25 * 86_400;

/**
 * The made-up price: a random walk of the log price in steps of one minute, straight lines between them.
 *
 * It passes through `startPrice` at time 0 and walks both ways from there, so that a simulator that starts "now" shows
 * the price it was asked for, with a history behind it. The answer for a time never depends on what was asked before.
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
   * @param volatility - standard deviation of the log price over a year; 0 keeps the price constant, 0.6 is a usual year
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
