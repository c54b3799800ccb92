import type { BlockPrice, PriceRecord, WindowNumber } from "./price-record.ts";

/** The valid records of a list. */
export interface SurvivingRecords {
  /** The last price of each block that was not disconnected after it, lowest first. */
  readonly blocks: BlockPrice[];
  readonly lastDay: WindowNumber | null;
  readonly lastBlocks: WindowNumber | null;
}

/**
 * Reduces saved records, in the order of writing, to the valid ones. Reads from the end in linear
 * time: applying them one by one would take quadratic time if the heights are not ordered.
 */
export function survivingRecords(records: readonly PriceRecord[]): SurvivingRecords {
  const blocks = new Map<number, BlockPrice>();
  const windows: { day: WindowNumber | null | undefined; blocks: WindowNumber | null | undefined } = {
    day: undefined,
    blocks: undefined,
  };
  /** Above this height, blocks were disconnected later. */
  let forgottenAbove = Number.POSITIVE_INFINITY;
  for (let index = records.length - 1; index >= 0; index--) {
    const record = records[index] as PriceRecord;
    if (record.kind === "forget_above") forgottenAbove = Math.min(forgottenAbove, record.height);
    else if (record.kind !== "block") {
      if (windows[record.kind] === undefined) windows[record.kind] = record.lastHeight > forgottenAbove ? null : record;
    } else if (record.height <= forgottenAbove && !blocks.has(record.height)) blocks.set(record.height, record);
  }
  return {
    blocks: [...blocks.values()].sort((a, b) => a.height - b.height),
    lastDay: windows.day ?? null,
    lastBlocks: windows.blocks ?? null,
  };
}
