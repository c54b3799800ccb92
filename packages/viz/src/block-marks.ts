import type { ChartModel } from "./chart-model.ts";
import type { BlockMark } from "./confirmed-blocks.ts";

/**
 * The blocks of the confirmed side, oldest first: as the message lists them, with their true
 * heights, or those that the points tell.
 */
export function blockMarks({ chain, confirmed }: Pick<ChartModel, "chain" | "confirmed">): readonly BlockMark[] {
  const blocks = chain?.blocks ?? [];
  if (blocks.length === 0) return confirmed.blocks;
  let before = Number.NEGATIVE_INFINITY;
  return blocks.map(({ height, time: timestamp }) => {
    // Timestamps of blocks may go back. On the axis blocks stay in order.
    before = Math.max(timestamp, before + 1);
    return { position: before, timestamp, height };
  });
}
