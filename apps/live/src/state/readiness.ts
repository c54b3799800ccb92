import type { EstimateStatus, MempoolSnapshotData } from "@utxoracle/models";
import type { ReadinessReason } from "./service-state.ts";

/**
 * Reasons for not being ready, by status. `low_confidence` and `no_estimate` have none: they
 * describe the mempool, not a fault of the service.
 */
const reasonOfStatus: Readonly<Record<EstimateStatus, ReadinessReason | null>> = {
  warming_up: { code: "warming_up", message: "no price yet" },
  no_estimate: null,
  ok: null,
  low_confidence: null,
  stale: { code: "price_stale", message: "no recent evidence; the price is the last good one" },
};

const NODE_DISCONNECTED: ReadinessReason = {
  code: "node_disconnected",
  message: "not connected to the node's ZMQ feed",
};

/** Reasons for not being ready, from the latest tick. */
export function readinessReasonsOf(latest: MempoolSnapshotData | null): ReadinessReason[] {
  if (latest === null) return [{ code: "starting", message: "no estimate yet" }];
  const { status, node } = latest;
  const ofStatus = reasonOfStatus[status];
  const reasons = ofStatus === null ? [] : [ofStatus];
  if (node.connected !== false) return reasons;
  // The price is stale because the node is disconnected: list the cause first.
  return status === "stale" ? [NODE_DISCONNECTED, ...reasons] : [...reasons, NODE_DISCONNECTED];
}
