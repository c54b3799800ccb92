import { COMMON_LOG_USD } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";

/** ln of the ratios of round dollar amounts, ascending from 0. */
const LOG_RATIOS: Float64Array = Float64Array.from(
  new Set(COMMON_LOG_USD.flatMap((a) => COMMON_LOG_USD.map((b) => Number(Math.abs(a - b).toFixed(9))))),
).sort();
const TOLERANCE = 2 * FILTER.census.band;

/** Whether a payment has two amounts that can both be worth round dollar amounts at one price. */
export function areTwins([firstSats, secondSats]: readonly number[]): boolean {
  if (firstSats === undefined || secondSats === undefined) return false;
  const distance = Math.abs(Math.log(firstSats / secondSats));
  return LOG_RATIOS.some((ratio) => Math.abs(ratio - distance) <= TOLERANCE);
}

/**
 * Payments of a minute whose two outputs can both be round at one price; such a payment counts
 * once.
 */
export class TwinOutputs {
  readonly #counts = new Map<string, number>();

  /** @returns whether the pair is new (1), or the last such pair is gone (-1) */
  change(pair: readonly number[], sign: 1 | -1): boolean {
    const key = pair.join();
    const count = (this.#counts.get(key) ?? 0) + sign;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    return count === (sign === 1 ? 1 : 0);
  }

  /** Visits each pair of amounts once, in no particular order. */
  forEach(visit: (firstSats: number, secondSats: number) => void): void {
    for (const key of this.#counts.keys()) {
      const [first, second] = key.split(",").map(Number) as [number, number];
      visit(first, second);
    }
  }
}
