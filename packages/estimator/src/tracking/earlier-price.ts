import { coarseCell, type PriceBlock } from "./price-block.ts";
import { TRACKING } from "./tracking-model.ts";

const { reach, sideFrom, sideTo, recentBlocks, moved } = TRACKING.earlier;
const cells = (distance: number): number => Math.round(distance / TRACKING.coarse.step);
const REACH = cells(reach);
const SIDE_FROM = cells(sideFrom);
const SIDE_TO = cells(sideTo);

/** A price of some time ago, and how many still pay it: votes of a block, nats, beyond those beside it. */
export interface EarlierPrice {
  readonly logPrice: number;
  /** What the blocks around that time gave it. */
  readonly before: number;
  /** What the newest blocks give it. */
  readonly now: number;
  /** A price that keeps less than this part of its votes has been left in a real move. */
  readonly share: number;
}

/**
 * @param around the blocks before and after the time that the price is of, as [first, end)
 * @param share see {@link EarlierPrice}
 */
export function earlierPrice(
  blocks: ReadonlyMap<number, PriceBlock>,
  logPrice: number,
  around: readonly [first: number, end: number],
  lastBlock: number,
  share: number,
): EarlierPrice {
  return {
    logPrice,
    share,
    before: supportOf(blocks, logPrice, around[0], around[1]),
    now: supportOf(blocks, logPrice, lastBlock - recentBlocks, lastBlock),
  };
}

/**
 * Whether the earlier price is still paid although the price has left it. In a real move the old price loses its payments
 * within minutes; payments forged at another price leave it the usual rate, and two prices stand side by side.
 */
export function isStillPaid({ logPrice, before, now, share }: EarlierPrice, current: number): boolean {
  return Math.abs(current - logPrice) > moved && now > share * before;
}

/**
 * The highest votes near a price, mean of a block, beyond those on the side of it that has fewer: a pile at a price some per
 * cents away raises one side.
 */
function supportOf(
  blocks: ReadonlyMap<number, PriceBlock>,
  logPrice: number,
  firstBlock: number,
  endBlock: number,
): number {
  const votes = new Float64Array(2 * SIDE_TO + 1);
  const firstCell = coarseCell(logPrice) - SIDE_TO;
  for (let block = firstBlock; block < endBlock; block++) blocks.get(block)?.addVotes(firstCell, votes);
  const highest = Math.max(...votes.subarray(SIDE_TO - REACH, SIDE_TO + REACH + 1));
  const below = mean(votes.subarray(0, SIDE_TO - SIDE_FROM + 1));
  const above = mean(votes.subarray(SIDE_TO + SIDE_FROM));
  return (highest - Math.min(below, above)) / (endBlock - firstBlock);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
