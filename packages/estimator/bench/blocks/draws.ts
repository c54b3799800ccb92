import { seededRandom } from "../../test/simulated-market.ts";
import type { RealBlock } from "../corpus/real-blocks.ts";

/** Amounts drawn from a block without replacement. */
export interface Draw {
  readonly block: RealBlock;
  readonly amountsBtc: readonly number[];
  /** Batch payouts: each of the block's with the probability that a payment has. */
  readonly batches: readonly Float64Array[];
  /** Seconds of each amount since the first, ascending: evenly spread over ten minutes. */
  readonly seconds: readonly number[];
  /** Whether the static set is asked with these times. Live, every draw has them. */
  readonly timed: boolean;
}

export const DRAW_SIZES = [400, 800, 1600] as const;
export const DRAW_SECONDS = 600;

/** The same draws for the same block and count. A size that the block has not enough payments for is left out. */
export function drawsOf(block: RealBlock, drawsPerSize: number): Draw[] {
  const random = seededRandom(Number(block.height));
  const batchRandom = seededRandom(Number(block.height) + 1);
  return DRAW_SIZES.filter((size) => size <= block.amountsBtc.length).flatMap((size) =>
    Array.from({ length: drawsPerSize }, (_, draw) => ({
      block,
      amountsBtc: drawn(block.amountsBtc, size, random),
      seconds: Array.from({ length: size }, (_, index) => Math.floor((DRAW_SECONDS * (index + 1)) / size)),
      timed: draw % 3 !== 2,
      batches: block.batches.filter(() => batchRandom() < size / block.amountsBtc.length),
    })),
  );
}

function drawn(amounts: readonly number[], size: number, random: () => number): number[] {
  const left = [...amounts];
  for (let index = 0; index < size; index++) {
    const other = index + Math.floor(random() * (left.length - index));
    [left[index], left[other]] = [left[other]!, left[index]!];
  }
  return left.slice(0, size);
}
