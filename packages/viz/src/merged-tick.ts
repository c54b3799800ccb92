import { checkObject } from "./argument.ts";
import type { MempoolTick, MempoolUpdate } from "./contracts.ts";
import { decodedPoints } from "./encoded-points.ts";

/**
 * The complete state after an update.
 * @param before state before it; null if there is none.
 * @returns null for a delta without a state before it.
 */
export function mergedTick(before: MempoolTick["data"] | null, update: MempoolUpdate): MempoolTick["data"] | null {
  checkObject(update, "update", "a mempool_update message");
  const { data } = update;
  checkObject(data, "update.data", "the data of a mempool_update message");
  if (data.snapshot) return data;
  if (before === null) return null;
  const { since: _, missed, ...changes } = data;
  if (missed === undefined) return { ...before, ...changes };
  return { ...before, ...changes, transactions: [...decodedPoints(missed), ...changes.transactions] };
}
