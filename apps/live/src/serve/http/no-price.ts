import type { MempoolSnapshotData } from "@utxoracle/models";
import { errorResponse, type RouteResponse, withRetryAfter } from "@utxoracle/stream-server";

/** Value of `Retry-After`, seconds. */
export const RETRY_AFTER_SECONDS = 5;

const messages: Readonly<Record<MempoolSnapshotData["status"], string>> = {
  warming_up: "no price yet; /health/ready says why",
  no_estimate: "not enough evidence for a price yet",
  ok: "no price",
  low_confidence: "the evidence is thin or contradictory; see /api/v1/price for the uncertain price",
  stale: "no current price; see /api/v1/price for the last good price and its age",
};

/** 503 for clients that expect only a number and cannot check its status. */
export function noPriceAnswer(status: MempoolSnapshotData["status"]): RouteResponse {
  return withRetryAfter(errorResponse(503, status, messages[status]), RETRY_AFTER_SECONDS);
}

/** The same as text without digits, so that a script cannot parse a number from it. */
export function noPriceText(status: MempoolSnapshotData["status"]): RouteResponse {
  const body = `unavailable: ${status}\n`;
  return withRetryAfter({ status: 503, contentType: "text/plain; charset=utf-8", body }, RETRY_AFTER_SECONDS);
}
