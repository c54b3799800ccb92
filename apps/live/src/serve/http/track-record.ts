import { TRACK_RECORD_DAYS, type TrackRecordDays, type TrackRecordResponse } from "@utxoracle/models";
import {
  compressedResource,
  errorResponse,
  type RouteHandler,
  type SharedResource,
  withRetryAfter,
} from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";
import { RETRY_AFTER_SECONDS } from "./no-price.ts";

const DEFAULT_DAYS: TrackRecordDays = 7;
const MAX_AGE_SECONDS = 60;

/**
 * `/api/v1/track-record`: each report is compressed once, and shared by all clients until it
 * changes.
 */
export function trackRecordRoute(state: ServiceState): RouteHandler {
  const resources = new Map<
    TrackRecordDays,
    { readonly report: TrackRecordResponse; readonly resource: Promise<SharedResource> }
  >();
  return async ({ query, headers }) => {
    const days = daysOf(query.get("days"));
    if (days === null)
      return errorResponse(400, "invalid_days", `query "days": must be ${TRACK_RECORD_DAYS.join(", ")}`);
    const report = await state.trackRecord(days);
    if (report === null)
      return withRetryAfter(
        errorResponse(503, "no_track_record", "the analyzer does not answer with its track record"),
        RETRY_AFTER_SECONDS,
      );
    let known = resources.get(days);
    if (known?.report !== report) {
      const resource = compressedResource({
        contentType: "application/json; charset=utf-8",
        body: JSON.stringify(report),
        headers: { "Cache-Control": `public, max-age=${MAX_AGE_SECONDS}, no-transform` },
      });
      known = { report, resource };
      resources.set(days, known);
    }
    return (await known.resource)({ headers });
  };
}

/** Null if it is not one of the allowed numbers. */
export function daysOf(text: string | null): TrackRecordDays | null {
  if (text === null) return DEFAULT_DAYS;
  return TRACK_RECORD_DAYS.find((days) => String(days) === text) ?? null;
}
