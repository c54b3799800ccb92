import type { ConfirmedAnswer, ConfirmedWindow } from "@utxoracle/models";
import type { PriceBoard, ShownWindow } from "../../state/price-board.ts";
import { confirmedStatus } from "../../state/status.ts";

/** The prices of the confirmed side as of now; windows that were not worked out yet are null. */
export function confirmedAnswer(board: PriceBoard): ConfirmedAnswer {
  const panel = board.confirmed();
  const { lastBlocks, lastDay } = board.confirmedWindows();
  const live = board.latest()?.price ?? null;
  return {
    price: panel?.price ?? null,
    low: panel?.interval?.low ?? null,
    high: panel?.interval?.high ?? null,
    status: confirmedStatus(panel?.status ?? "warming_up", panel?.block_timestamp ?? null, board.now()),
    engine: panel?.engine ?? "posterior",
    height: panel?.height ?? null,
    block_timestamp: panel?.block_timestamp ?? null,
    age_seconds: ageOf(board, panel?.block_timestamp ?? null),
    window: panel?.window ?? null,
    live_distance_ratio: live === null || panel === null || panel.price === null ? null : live / panel.price - 1,
    last_144_blocks:
      lastBlocks === null
        ? null
        : windowAnswer({ ...lastBlocks, status: confirmedStatus(lastBlocks.status, lastBlocks.time, board.now()) }),
    last_day: lastDay === null ? null : windowAnswer(lastDay),
  };
}

/** Age of the newest block behind the panel's price, seconds; null without one. */
export function ageOf(board: PriceBoard, blockTimestamp: number | null): number | null {
  return blockTimestamp === null ? null : Math.max(0, board.now() - blockTimestamp);
}

/** A longer window as it goes over the wire. */
export function windowAnswer(window: ShownWindow): ConfirmedWindow {
  const { price, low, high, confidence, status, engine, day, firstHeight, lastHeight, time, amounts } = window;
  return {
    price,
    low,
    high,
    confidence,
    status,
    engine,
    date: day,
    first_height: firstHeight,
    last_height: lastHeight,
    block_timestamp: time,
    amounts,
  };
}
