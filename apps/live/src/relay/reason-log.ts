import type { Logger } from "../logging/create-logger.ts";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import type { ShownReason } from "../state/service-state.ts";

/** A reason that comes and goes makes one line in this time, ms. */
const LINE_PERIOD_MS = 30_000;

/** Logs each reason once, when it begins: `/health/ready` has its code alone. */
export class ReasonLog {
  readonly #log: Logger;
  readonly #lines: RepeatFilter;
  #codes: ReadonlySet<string> = new Set();

  /** @param now milliseconds of a clock that never goes back. */
  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#lines = new RepeatFilter(LINE_PERIOD_MS, now);
  }

  /** Takes the reasons as they stand now. */
  update(reasons: readonly ShownReason[]): void {
    for (const { code, message } of reasons) {
      if (this.#codes.has(code)) continue;
      const suppressed = this.#lines.admit(code);
      if (suppressed !== null) this.#log.warn({ code, also_since_last_line: suppressed }, message);
    }
    this.#codes = new Set(reasons.map(({ code }) => code));
  }
}
