import {
  type MempoolDeltaData,
  type MempoolSnapshotData,
  type MempoolUpdate,
  type PointColumns,
  type PricePoint,
  SNAPSHOT_POINTS_MAX,
} from "@utxoracle/models";
import { snapshotPoints } from "../state/snapshot-points.ts";

const SATS_PER_BTC = 1e8;

type Merged = MempoolSnapshotData | (MempoolDeltaData & { readonly since: number });

/**
 * Combines consecutive ticks into one for a client that resumes: the latest values of all fields
 * that changed, and all new points. A snapshot among the ticks replaces those before it.
 * @param ticks JSON, UTF-8.
 * @returns null if there are more points than in a snapshot.
 */
export function mergedDeltas(ticks: readonly Uint8Array[]): string | null {
  let merged: Merged | null = null;
  for (const tick of ticks) {
    const { data } = JSON.parse(new TextDecoder().decode(tick)) as MempoolUpdate;
    merged = merged === null || data.snapshot ? first(data) : followed(merged, data);
  }
  if (merged === null || merged.transactions.length > SNAPSHOT_POINTS_MAX) return null;
  const type = "mempool_update";
  const message: MempoolUpdate = merged.snapshot
    ? { type, data: merged }
    : { type, data: { ...merged, missed: columnsOf(merged.transactions), transactions: [] } };
  return JSON.stringify(message);
}

/** About a third as long as the points one by one. */
function columnsOf(points: readonly PricePoint[]): PointColumns {
  const times = points.map(({ timestamp }) => Math.round(1000 * timestamp));
  return {
    time_steps: times.map((time, index) => time - (times[index - 1] ?? 0)),
    price: points.map(({ price }) => price),
    txid: points.map(({ txid }, index) =>
      txid === points[index - 1]?.txid ? "" : Buffer.from(txid, "hex").toString("base64url"),
    ),
    vout: points.map(({ vout }) => vout),
    sats: points.map(({ amount }) => Math.round(SATS_PER_BTC * amount)),
  };
}

function first(data: MempoolUpdate["data"]): Merged {
  return data.snapshot ? data : { ...data, since: data.since ?? data.seq - 1 };
}

/** The merged update with one more delta. It stays a snapshot or delta, and starts where it did. */
function followed(merged: Merged, { since: _since, snapshot: _snapshot, ...delta }: MempoolDeltaData): Merged {
  const points = [...merged.transactions, ...delta.transactions];
  const transactions = merged.snapshot ? snapshotPoints(points) : points;
  return { ...merged, ...delta, transactions };
}
