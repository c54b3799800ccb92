import type { Logger } from "pino";
import { EstimateThread } from "../confirmed/estimate-thread.ts";
import { supervisedInterval } from "../process/supervised-interval.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { type JudgeSlotsOptions, judgeSlots } from "./judge-slots.ts";

/** Time between two looks for slots that are due, ms. */
const PERIOD_MS = 5000;

export interface HindsightLoopOptions extends Omit<JudgeSlotsOptions, "hindsight"> {
  readonly supervisor: Pick<Supervisor, "fail">;
  readonly log: Logger;
}

/** Judges the recorded prices in a thread of its own until it is stopped. */
export function startHindsightLoop({ supervisor, ...options }: HindsightLoopOptions): { stop(): Promise<void> } {
  const thread = new EstimateThread();
  const interval = supervisedInterval(supervisor, "track", PERIOD_MS, async () => {
    await judgeSlots({ ...options, hindsight: (request) => thread.hindsightPrices(request) });
  });
  return {
    stop: async () => {
      await interval.stop();
      await thread.end();
    },
  };
}
