import { coarseCell, type PriceBlock } from "./price-block.ts";
import { TRACKING } from "./tracking-model.ts";

const { reach, recentBlocks, moved, share } = TRACKING.earlier;
const REACH = Math.round(reach / TRACKING.coarse.step);

/** A price of some time ago, and how many still pay it. Log-likelihoods are means of a block, nats. */
export interface EarlierPrice {
  readonly logPrice: number;
  /** What the blocks around that time gave it. */
  readonly before: number;
  /** What the newest blocks give it. */
  readonly now: number;
}

/** @param around the blocks before and after the time that the price is of, as [first, end) */
export function earlierPrice(
  blocks: ReadonlyMap<number, PriceBlock>,
  logPrice: number,
  around: readonly [first: number, end: number],
  lastBlock: number,
): EarlierPrice {
  return {
    logPrice,
    before: supportOf(blocks, logPrice, around[0], around[1]),
    now: supportOf(blocks, logPrice, lastBlock - recentBlocks, lastBlock),
  };
}

/**
 * Whether the earlier price is still paid although the price has left it. In a real move the old price loses its payments
 * within minutes; payments forged at another price leave it the usual rate, and two prices stand side by side.
 */
export function isStillPaid({ logPrice, before, now }: EarlierPrice, current: number): boolean {
  return Math.abs(current - logPrice) > moved && now > share * before;
}

/** Mean log-likelihood of a block, the best within reach of the price in each. */
function supportOf(
  blocks: ReadonlyMap<number, PriceBlock>,
  logPrice: number,
  firstBlock: number,
  endBlock: number,
): number {
  const cell = coarseCell(logPrice);
  let sum = 0;
  for (let block = firstBlock; block < endBlock; block++)
    sum += blocks.get(block)?.highest(cell - REACH, cell + REACH) ?? 0;
  return sum / (endBlock - firstBlock);
}
