import type { MempoolUpdateData } from "@utxoracle/models";
import type { ReadinessReason } from "./service-state.ts";

/**
 * Reasons for not being ready, from the latest tick. `low_confidence` and `no_estimate` are not
 * among them: they describe the mempool, not a fault of the service.
 */
export function readinessReasonsOf(latest: MempoolUpdateData | null): ReadinessReason[] {
  if (latest === null) return [{ code: "starting", message: "no estimate yet" }];
  const reasons: ReadinessReason[] = [];
  const { status, node } = latest;
  if (status === "warming_up") reasons.push({ code: "warming_up", message: "the window is loading" });
  if (node.connected === false)
    reasons.push({ code: "node_disconnected", message: "not connected to the node's ZMQ feed" });
  if (status === "stale")
    reasons.push({ code: "price_stale", message: "no recent evidence; the price is the last good one" });
  return reasons;
}
