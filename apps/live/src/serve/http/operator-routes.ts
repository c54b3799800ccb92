import type { HealthResponse } from "@utxoracle/models";
import { jsonAnswer, type Routes, withRetryAfter } from "@utxoracle/stream-server";
import type { ServiceState, ShownReason } from "../../state/service-state.ts";
import { RETRY_AFTER_SECONDS } from "./no-price.ts";

export interface OperatorRoutesOptions {
  readonly state: ServiceState;
  /** What `/metrics` answers to an `Accept` header. */
  readonly metrics: { scrape(accept?: string): Promise<{ readonly contentType: string; readonly body: string }> };
}

/**
 * The paths that tell an operator how the service is. Web pages of other origins must not read them: a page that somebody
 * visits can send requests to servers in that visitor's network.
 */
export function createOperatorRoutes({ state, metrics }: OperatorRoutesOptions): Routes {
  return {
    // That it answers at all is the sign of life.
    "/health/live": () => jsonAnswer({ ok: true, reasons: [] } satisfies HealthResponse),
    "/health/ready": () => {
      const reasons = codesOf(state.readinessReasons());
      const notices = codesOf(state.notices());
      const ok = reasons.length === 0;
      const shown = state.analyzer?.() ?? null;
      const analyzer = shown && { epoch: shown.epoch, term: shown.term, age_seconds: shown.age_seconds };
      const answer: HealthResponse = { ok, reasons, notices, ...(analyzer !== null && { analyzer }) };
      return ok ? jsonAnswer(answer) : withRetryAfter(jsonAnswer(answer, 503), RETRY_AFTER_SECONDS);
    },
    "/metrics": async ({ headers }) => ({ ...(await metrics.scrape(headers.accept)), headers: { Vary: "Accept" } }),
  };
}

/** The sentences are for the log and `doctor`: they have paths, names and addresses in them. */
function codesOf(reasons: readonly ShownReason[]): { code: string }[] {
  return reasons.map(({ code }) => ({ code }));
}
