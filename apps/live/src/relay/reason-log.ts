import type { Logger } from "../logging/create-logger.ts";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import type { ShownReason } from "../state/service-state.ts";

/** Minimum time between two lines for the same reason, ms. */
const LINE_PERIOD_MS = 30_000;

/** Logs the message of each reason when it begins. `/health/ready` shows only the code. */
export class ReasonLog {
  readonly #log: Logger;
  readonly #lines: RepeatFilter;
  #codes: ReadonlySet<string> = new Set();

  /** @param now monotonic clock, milliseconds. */
  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#lines = new RepeatFilter(LINE_PERIOD_MS, now);
  }

  /** @param reasons all current reasons. */
  update(reasons: readonly ShownReason[]): void {
    for (const { code, message } of reasons) {
      if (this.#codes.has(code)) continue;
      const suppressed = this.#lines.admit(code);
      if (suppressed !== null) this.#log.warn({ code, also_since_last_line: suppressed }, message);
    }
    this.#codes = new Set(reasons.map(({ code }) => code));
  }
}
