import type { Logger } from "pino";
import { EstimateThreadError } from "../confirmed/estimate-thread.ts";
import type { HindsightPrices, HindsightRequest } from "../confirmed/hindsight-prices.ts";
import type { LiveWindow } from "../ingest/live-window.ts";
import { logLine } from "../logging/log-line.ts";
import { toCents } from "../state/digits.ts";
import { HINDSIGHT_SECONDS, type HindsightPrice, SLOT_SECONDS } from "./published-row.ts";
import type { DueSlot, TrackRecord } from "./track-record.ts";

/** The price of the payments this long before a slot must agree with its prices, seconds. */
const BEFORE_SECONDS = 2100;

export interface JudgeSlotsOptions {
  readonly record: Pick<TrackRecord, "due" | "judge" | "giveUp">;
  readonly window: Pick<LiveWindow, "analyzer">;
  readonly windowSeconds: number;
  /** Computes hindsight prices outside this thread. */
  readonly hindsight: (request: HindsightRequest) => Promise<HindsightPrices>;
  /** Unix seconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Judges all slots that are due. @returns false if it could not: call it again later. */
export async function judgeSlots({
  record,
  window,
  windowSeconds,
  hindsight,
  now,
  log,
}: JudgeSlotsOptions): Promise<boolean> {
  for (let due = record.due(now()); due !== null; due = record.due(now())) {
    const { slot, rows } = due;
    // The window does not have all payments around the slot any more.
    if (slot - BEFORE_SECONDS < now() - windowSeconds) {
      record.giveUp(due);
      continue;
    }
    const amounts = window.analyzer.amountsBetween(slot - BEFORE_SECONDS, slot + SLOT_SECONDS + HINDSIGHT_SECONDS);
    try {
      const found = await hindsight({ ...amounts, times: Float64Array.from(rows, ({ time }) => time) });
      record.judge(due, pricesOf(due, found));
    } catch (error) {
      if (!(error instanceof EstimateThreadError)) throw error;
      logLine(log, "cannot compute hindsight prices; retrying", { problem: error.message });
      return false;
    }
  }
  return true;
}

function pricesOf({ rows }: DueSlot, { prices, lows, highs }: HindsightPrices): (HindsightPrice | null)[] {
  return rows.map((_, index) => {
    const [price, low, high] = [prices, lows, highs].map((column) => column[index] ?? Number.NaN) as [
      number,
      number,
      number,
    ];
    return Number.isNaN(price) ? null : { price: toCents(price), low: toCents(low), high: toCents(high) };
  });
}
