import type { EstimateStatus } from "./contracts.ts";

/** How to treat a state: `good`, `wait`, `weak` (use with care), `bad` (do not use). */
export type Tone = "good" | "wait" | "weak" | "bad";

/** How the chart shows each status. The compiler asks for a line here when a status is added. */
const statuses: Readonly<Record<EstimateStatus, { readonly tone: Tone; readonly hasPrice: boolean }>> = {
  warming_up: { tone: "wait", hasPrice: false },
  no_estimate: { tone: "bad", hasPrice: false },
  ok: { tone: "good", hasPrice: true },
  low_confidence: { tone: "weak", hasPrice: true },
  stale: { tone: "bad", hasPrice: true },
};

/** Every status that the contract names. */
export const STATUSES: readonly unknown[] = /* @__PURE__ */ Object.keys(statuses);

/** The tone of a price with this status; null without a status. */
export function statusTone(status: EstimateStatus | undefined): Tone | null {
  if (status === undefined) return null;
  if (!Object.hasOwn(statuses, status))
    throw new TypeError(`status must be one of ${STATUSES.join(", ")}, got ${JSON.stringify(status)}`);
  return statuses[status].tone;
}

/** Whether there is a price with this status; true without a status. */
export function statusHasPrice(status: EstimateStatus | undefined): boolean {
  return status === undefined || statuses[status].hasPrice;
}
