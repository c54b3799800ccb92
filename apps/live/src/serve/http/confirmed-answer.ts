import type { ConfirmedResponse } from "@utxoracle/models";
import { toCents, toDigits, toMilliseconds } from "../../state/digits.ts";
import type { ServiceState } from "../../state/service-state.ts";
import { confirmedStatus } from "../../state/status.ts";

/** Confirmed prices as of now. Windows that are not computed yet are null. */
export function confirmedAnswer(state: ServiceState): ConfirmedResponse {
  const panel = state.confirmed();
  const { lastBlocks, lastDay } = state.confirmedWindows();
  const live = state.latest()?.price ?? null;
  return {
    price: panel?.price ?? null,
    low: panel?.interval?.low ?? null,
    high: panel?.interval?.high ?? null,
    status: confirmedStatus(panel?.status ?? "warming_up", panel?.block_timestamp ?? null, state.now()),
    engine: panel?.engine ?? "posterior",
    height: panel?.height ?? null,
    block_timestamp: panel?.block_timestamp ?? null,
    age_seconds: ageOf(state, panel?.block_timestamp ?? null),
    window: panel?.window ?? null,
    live_distance_ratio: live === null || panel === null || panel.price === null ? null : live / panel.price - 1,
    last_144_blocks:
      lastBlocks === null
        ? null
        : {
            ...shown(lastBlocks),
            status: confirmedStatus(lastBlocks.status, lastBlocks.block_timestamp, state.now()),
          },
    // A day that is over stays what it was.
    last_day: lastDay === null ? null : shown(lastDay),
  };
}

type WindowPrice = NonNullable<ConfirmedResponse["last_day"]>;

/** A window's price with the digits of the other answers. */
function shown(window: WindowPrice): WindowPrice {
  const { price, low, high, confidence } = window;
  return {
    ...window,
    price: toCents(price),
    low: toCents(low),
    high: toCents(high),
    confidence: toDigits(confidence, 4),
  };
}

/** Age of a block, seconds; null without a block. */
export function ageOf(state: ServiceState, blockTimestamp: number | null): number | null {
  return blockTimestamp === null ? null : toMilliseconds(Math.max(0, state.now() - blockTimestamp));
}
