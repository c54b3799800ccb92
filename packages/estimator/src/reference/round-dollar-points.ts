import { isRoundBtc } from "./round-btc.ts";

/** The round dollar amounts of step 10. */
export const POINT_USD_AMOUNTS: readonly number[] = [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000];

const REACH = 0.25;

/**
 * Converts output amounts to price points (step 10). An amount within ±25 % of the value of a round
 * dollar amount at the assumed price gives the point dollars / amount. Round amounts of bitcoin
 * give none.
 */
export class RoundDollarReader {
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;

  /** @param assumedPriceUsd price to search around, US dollars per bitcoin */
  constructor(assumedPriceUsd: number) {
    this.#lows = Float64Array.from(POINT_USD_AMOUNTS, (usd) => usd / assumedPriceUsd - REACH * (usd / assumedPriceUsd));
    this.#highs = Float64Array.from(
      POINT_USD_AMOUNTS,
      (usd) => usd / assumedPriceUsd + REACH * (usd / assumedPriceUsd),
    );
  }

  /**
   * Calls `emit(price, usd)` for each point of the amount; two neighboring dollar amounts can both
   * give one.
   */
  read(amountBtc: number, emit: (priceUsd: number, usd: number) => void): void {
    const lows = this.#lows;
    const highs = this.#highs;
    if (amountBtc <= (lows[0] as number) || amountBtc >= (highs[highs.length - 1] as number)) return;
    let known = false;
    for (let i = 0; i < lows.length; i++) {
      if (amountBtc <= (lows[i] as number)) return;
      if (amountBtc >= (highs[i] as number)) continue;
      if (!known && isRoundBtc(amountBtc)) return;
      known = true;
      const usd = POINT_USD_AMOUNTS[i] as number;
      emit(usd / amountBtc, usd);
    }
  }
}
