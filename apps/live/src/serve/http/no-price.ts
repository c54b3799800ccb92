import type { MempoolUpdateData } from "@utxoracle/models";
import { errorAnswer, type RouteAnswer, withRetryAfter } from "@utxoracle/stream-server";

/** Seconds after which asking again makes sense. */
export const RETRY_AFTER_SECONDS = 5;

const sentences: Readonly<Record<MempoolUpdateData["status"], string>> = {
  warming_up: "the window is still being filled",
  no_estimate: "the evidence has not sufficed for a price yet",
  ok: "there is no price",
  low_confidence: "the evidence is too thin or contradictory for a price without reservations; see /api/v1/price",
  stale: "there is no fresh price; see /api/v1/price for the last good one and its age",
};

/** 503 for clients that expect nothing but a price and would take any number for a good one. */
export function noPriceAnswer(status: MempoolUpdateData["status"]): RouteAnswer {
  return withRetryAfter(errorAnswer(503, status, sentences[status]), RETRY_AFTER_SECONDS);
}

/** The same as text, without a digit in it: a script that looks for a number finds none. */
export function noPriceText(status: MempoolUpdateData["status"]): RouteAnswer {
  const body = `unavailable: ${status}\n`;
  return withRetryAfter({ status: 503, contentType: "text/plain; charset=utf-8", body }, RETRY_AFTER_SECONDS);
}
