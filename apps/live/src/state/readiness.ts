import type { MempoolUpdateData } from "@utxoracle/models";
import type { ReadinessReason } from "./service-state.ts";

/**
 * What the latest tick says against readiness: nothing yet, still loading, the node gone, the price old. A price that is
 * merely uncertain, or none for want of evidence, is the truth about the mempool and no fault of the service.
 */
export function readinessReasonsOf(latest: MempoolUpdateData | null): ReadinessReason[] {
  if (latest === null) return [{ code: "starting", message: "no estimate has been made yet" }];
  const reasons: ReadinessReason[] = [];
  const { status, node } = latest;
  if (status === "warming_up") reasons.push({ code: "warming_up", message: "the window is still being filled" });
  if (node.connected === false)
    reasons.push({ code: "node_disconnected", message: "the node's feed is not connected" });
  if (status === "stale")
    reasons.push({ code: "price_stale", message: "the price is the last good one: there is no fresh evidence for it" });
  return reasons;
}
