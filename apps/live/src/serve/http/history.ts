import { HISTORY_STEPS, type HistoryResponse } from "@utxoracle/models";
import {
  compressedResource,
  errorResponse,
  type RouteHandler,
  type SharedResource,
  withRetryAfter,
} from "@utxoracle/stream-server";
import { budgets } from "../../config/budgets.ts";
import type { HistoryRange, HistoryRow } from "../../state/history-rows.ts";
import type { ServiceState } from "../../state/service-state.ts";

/** The row of a moment is recorded by the next tick. A range never ends before it is complete. */
const RECORDED_AFTER_SECONDS = 2;
/**
 * Cache time of a range that ended before the current step, seconds: a gap in it may still be
 * filled.
 */
const PAST_MAX_AGE_SECONDS = 600;
const FINEST_STEP = HISTORY_STEPS[0].stepSeconds;
const BROTLI_BEST = 11;
const BROTLI_FAST = 5;
/** Ends of an interval above this are sent in whole dollars: cents are far below its width. */
const WHOLE_DOLLARS_FROM = 1000;

/**
 * `/api/v1/history`: each range is built and compressed once, and shared by all clients until it
 * changes.
 */
export function historyRoute(state: ServiceState): RouteHandler {
  const answers = new SharedAnswers();
  return async ({ query, headers }) => {
    const now = state.now();
    const range = historyRange(query, now);
    if ("error" in range) return errorResponse(400, range.error, range.message);
    const isShared = !query.has("from") && !query.has("to");
    const resource = await answers.of(state, range, now, isShared);
    if (resource === null)
      return withRetryAfter(errorResponse(503, "overloaded", "too many ranges of the history are requested"), 1);
    // Everyone who names no range shares one body; ranges are as many as clients like.
    return { ...resource({ headers }), countsBytes: !isShared };
  };
}

/** All rows of a step until now, without the step that is not over yet. */
export function wholeRange({ stepSeconds, keptSeconds }: (typeof HISTORY_STEPS)[number], now: number): HistoryRange {
  const down = (time: number): number => Math.max(0, Math.floor(time / stepSeconds) * stepSeconds);
  return { step: stepSeconds, from: down(now - keptSeconds), to: down(now - RECORDED_AFTER_SECONDS) };
}

interface InvalidQuery {
  readonly error: string;
  readonly message: string;
}

/**
 * The requested range, widened to whole steps and limited to what is kept. Defaults: until now; the
 * finest step that is kept since `from`; without `from` all that is kept of the step, by
 * default 10.
 */
export function historyRange(query: URLSearchParams, now: number): HistoryRange | InvalidQuery {
  const from = timeOf(query, "from");
  const to = timeOf(query, "to");
  if (from === undefined) return invalidTime("from");
  if (to === undefined) return invalidTime("to");
  const end = Math.min(to ?? now, now - RECORDED_AFTER_SECONDS);
  if (from !== null && from > Math.min(to ?? now, now))
    return { error: "invalid_range", message: 'query "from": must not be later than "to" or now' };
  const given = query.get("step");
  const steps = HISTORY_STEPS.filter(({ stepSeconds, keptSeconds }) =>
    given === null ? from === null || from >= now - keptSeconds : given === String(stepSeconds),
  );
  const [step] = given === null && steps.length === 0 ? HISTORY_STEPS.slice(-1) : steps;
  if (step === undefined)
    return {
      error: "invalid_step",
      message: `query "step": must be ${HISTORY_STEPS.map(({ stepSeconds }) => stepSeconds).join(", ")} (seconds)`,
    };
  const { stepSeconds, keptSeconds } = step;
  const down = (time: number): number => Math.floor(time / stepSeconds) * stepSeconds;
  const oldest = down(now - keptSeconds);
  return {
    step: stepSeconds,
    from: Math.max(0, oldest, down(from ?? 0)),
    to: Math.max(0, oldest, down(end)),
  };
}

/** Null if absent, undefined if malformed. */
function timeOf(query: URLSearchParams, name: string): number | null | undefined {
  const text = query.get(name);
  if (text === null) return null;
  return /^\d{1,11}(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

const invalidTime = (name: string): InvalidQuery => ({
  error: `invalid_${name}`,
  message: `query "${name}": must be Unix time in seconds`,
});

interface Answer {
  readonly revision: number;
  readonly resource: Promise<SharedResource>;
}

/** The answers of the last ranges. */
class SharedAnswers {
  readonly #answers = new Map<string, Answer>();
  #pending = 0;

  /** Null if too many are being made. */
  async of(state: ServiceState, range: HistoryRange, now: number, isShared: boolean): Promise<SharedResource | null> {
    const history = state.history();
    const isPast = range.to <= now - 2 * range.step;
    const maxAge = isPast ? PAST_MAX_AGE_SECONDS : Math.max(1, Math.ceil(range.to + range.step - now));
    const key = `${range.step} ${range.from} ${range.to} ${isPast}`;
    const { revision } = history;
    const known = this.#answers.get(key);
    if (known?.revision === revision) return known.resource;
    if (this.#pending >= budgets.historyRanges.count) return null;
    this.#pending++;
    const resource = compressedResource({
      contentType: "application/json; charset=utf-8",
      body: JSON.stringify(historyColumns(history.rows(range), range)),
      // Worth its time only for the range that every page asks for.
      brotliQuality: isShared && range.step === FINEST_STEP ? BROTLI_BEST : BROTLI_FAST,
      headers: { "Cache-Control": `public, max-age=${maxAge}, no-transform` },
    });
    this.#answers.delete(key);
    this.#answers.set(key, { revision, resource });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= budgets.historyRanges.count) break;
      this.#answers.delete(oldest);
    }
    try {
      return await resource;
    } finally {
      this.#pending--;
    }
  }
}

export function historyColumns(rows: readonly HistoryRow[], range: HistoryRange): HistoryResponse {
  return {
    ...range,
    time: rows.map(({ time }) => time),
    price: rows.map(({ price }) => price),
    low: rows.map(({ low }) => withoutCents(low)),
    high: rows.map(({ high }) => withoutCents(high)),
    status: rows.map(({ status }) => status),
  };
}

const withoutCents = (usd: number | null): number | null =>
  usd === null || usd < WHOLE_DOLLARS_FROM ? usd : Math.round(usd);
