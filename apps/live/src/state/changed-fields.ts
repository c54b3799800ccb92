import { isDeepStrictEqual } from "node:util";
import type { MempoolDeltaData, MempoolSnapshotData, PricePoint } from "@utxoracle/models";
import { snapshotPoints } from "./snapshot-points.ts";

/** The required fields of an update; a delta contains the others only if they changed. */
type RequiredField = "price" | "confidence" | "transactions" | "stats" | "timestamp" | "seq" | "snapshot" | "epoch";
type StateField = Exclude<keyof MempoolSnapshotData, RequiredField>;

const stateFields = Object.keys({
  status: true,
  interval: true,
  price_timestamp: true,
  window_price: true,
  window_seconds: true,
  engine: true,
  source: true,
  chain: true,
  node: true,
  loading: true,
} satisfies Record<StateField, true>) as readonly StateField[];

/**
 * The delta from one state to the next of the same epoch.
 * @param points new points.
 */
export function changesSince(
  before: MempoolSnapshotData,
  after: MempoolSnapshotData,
  points: readonly PricePoint[],
): MempoolDeltaData {
  const { price, confidence, stats, timestamp, seq } = after;
  const changed = stateFields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return {
    // Time and number precede the points, for clients that read only the start.
    ...{ price, confidence, timestamp, seq, snapshot: false, stats },
    ...Object.fromEntries(changed.map((field) => [field, after[field]])),
    transactions: [...points],
  };
}

/** The state after a delta. */
export function withChanges(
  before: MempoolSnapshotData,
  { since: _, ...delta }: MempoolDeltaData,
): MempoolSnapshotData {
  const transactions = snapshotPoints([...before.transactions, ...delta.transactions]);
  return { ...before, ...delta, transactions, snapshot: true };
}
