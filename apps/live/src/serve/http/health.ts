import type { HealthResponse } from "@utxoracle/models";
import { jsonResponse, type RouteResponse, withRetryAfter } from "@utxoracle/stream-server";
import type { ServiceState, ShownReason } from "../../state/service-state.ts";
import { RETRY_AFTER_SECONDS } from "./no-price.ts";

/** Always 200: any response shows that the process is alive. */
export function live(): RouteResponse {
  return jsonResponse({ ok: true, reasons: [] } satisfies HealthResponse);
}

/** Whether the service receives data and has loaded. */
export function ready(state: ServiceState): RouteResponse {
  const reasons = codesOf(state.readinessReasons());
  const notices = codesOf(state.notices());
  const ok = reasons.length === 0;
  const shown = state.analyzer?.() ?? null;
  const analyzer = shown && { epoch: shown.epoch, term: shown.term, age_seconds: shown.age_seconds };
  const answer: HealthResponse = { ok, reasons, notices, ...(analyzer !== null && { analyzer }) };
  return ok ? jsonResponse(answer) : withRetryAfter(jsonResponse(answer, 503), RETRY_AFTER_SECONDS);
}

/**
 * Removes the messages, which may contain paths, names and addresses. The log and `doctor` show
 * them.
 */
function codesOf(reasons: readonly ShownReason[]): { code: string }[] {
  return reasons.map(({ code }) => ({ code }));
}
