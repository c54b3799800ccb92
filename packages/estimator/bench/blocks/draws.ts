import { seededRandom } from "../../test/simulated-market.ts";
import type { RealBlock } from "../corpus/real-blocks.ts";

/** Amounts drawn from a block without replacement. */
export interface Draw {
  readonly block: RealBlock;
  /** Payments drawn. */
  readonly size: number;
  readonly amountsBtc: readonly number[];
  /** The block's other payments. */
  readonly restBtc: readonly number[];
  /** Batch payouts: each of the block's with the probability that a payment has. */
  readonly batches: readonly Float64Array[];
  /** Seconds of each amount since the first, ascending: evenly spread over ten minutes. */
  readonly seconds: readonly number[];
  /** Whether the static set is asked with these times. Live, every draw has them. */
  readonly timed: boolean;
}

export const DRAW_SIZES = [400, 800, 1600] as const;
export const DRAW_SECONDS = 600;

/** Share of a draw's payments that the flood adds, and the largest multiple of its unit. */
const FLOOD_SHARE = 0.3;
const FLOOD_MULTIPLES = 200;

/**
 * The draw with a flood of one actor: multiples of a unit that is worth $5 at a false price, small
 * ones more often.
 *
 * @param ratio of the false price to the true one
 */
export function flooded(draw: Draw, ratio: number): Draw {
  const random = seededRandom(draw.amountsBtc.length);
  const unitSats = Math.round(5e8 / (draw.block.priceUsd * ratio));
  const flood = Array.from({ length: Math.round(FLOOD_SHARE * draw.amountsBtc.length) }, () => {
    return (unitSats * Math.floor(FLOOD_MULTIPLES ** random())) / 1e8;
  });
  return { ...draw, amountsBtc: [...draw.amountsBtc, ...flood] };
}

/**
 * The same draws for the same block and count. A size that the block has not enough payments for is
 * left out.
 */
export function drawsOf(block: RealBlock, drawsPerSize: number): Draw[] {
  const random = seededRandom(Number(block.height));
  const batchRandom = seededRandom(Number(block.height) + 1);
  return DRAW_SIZES.filter((size) => size <= block.amountsBtc.length).flatMap((size) =>
    Array.from({ length: drawsPerSize }, (_, draw) => {
      const shuffled = withDrawnFirst(block.amountsBtc, size, random);
      return {
        block,
        size,
        amountsBtc: shuffled.slice(0, size),
        restBtc: shuffled.slice(size),
        seconds: Array.from({ length: size }, (_, index) => Math.floor((DRAW_SECONDS * (index + 1)) / size)),
        timed: draw % 3 !== 2,
        batches: block.batches.filter(() => batchRandom() < size / block.amountsBtc.length),
      };
    }),
  );
}

function withDrawnFirst(amounts: readonly number[], size: number, random: () => number): number[] {
  const left = [...amounts];
  for (let index = 0; index < size; index++) {
    const other = index + Math.floor(random() * (left.length - index));
    [left[index], left[other]] = [left[other]!, left[index]!];
  }
  return left;
}
