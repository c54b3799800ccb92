/**
 * Round amounts of bitcoin (0.00005, 0.00006, … 0.99 BTC). They are chosen in bitcoin, not in
 * dollars, so they say nothing about the price, and step 10 leaves them out.
 */

const TOLERANCE = 0.0001;

/** First amount, first amount beyond the range, step; all in BTC. */
const RANGES = [
  [0.00005, 0.0001, 0.00001],
  [0.0001, 0.001, 0.00001],
  [0.001, 0.01, 0.0001],
  [0.01, 0.1, 0.001],
  [0.1, 1, 0.01],
] as const;

const { lows, highestHighs } = roundBands();

/**
 * Whether an amount lies strictly within ±0.01 % of a round amount of bitcoin.
 *
 * @param amountBtc a number of BTC
 */
export function isRoundBtc(amountBtc: number): boolean {
  let below = 0;
  let count = lows.length;
  while (count > 0) {
    const half = count >> 1;
    if ((lows[below + half] as number) < amountBtc) {
      below += half + 1;
      count -= half + 1;
    } else count = half;
  }
  return below > 0 && amountBtc < (highestHighs[below - 1] as number);
}

function roundBands(): { lows: Float64Array; highestHighs: Float64Array } {
  const bands: Array<[low: number, high: number]> = [];
  for (const [first, end, step] of RANGES) {
    // Summed in double arithmetic as in the algorithm: the sums are not the doubles nearest to the
    // round amounts.
    for (let amount = first as number; amount < end; amount += step)
      bands.push([amount - TOLERANCE * amount, amount + TOLERANCE * amount]);
  }
  bands.sort((a, b) => a[0] - b[0]);
  let highest = 0;
  const highs = bands.map((band) => {
    highest = Math.max(highest, band[1]);
    return highest;
  });
  return { lows: Float64Array.from(bands, (band) => band[0]), highestHighs: Float64Array.from(highs) };
}
