import type { Logger } from "pino";
import { logLine, suppressedField } from "../../logging/log-line.ts";
import { RepeatFilter } from "../../logging/repeat-filter.ts";
import { BusError, type BusErrorCode } from "./bus-error.ts";

/** Minimum time between two log lines about one kind of failure, ms. */
const LINE_PERIOD_MS = 30_000;

/** Cause of a failed read or write: a stable code, and a text for people. */
export interface BusFault {
  readonly code: `bus_${BusErrorCode}`;
  readonly message: string;
}

export interface BusFaultsOptions<What extends string> {
  /** Counts a failure in the metrics. */
  readonly count: (what: What) => void;
  readonly log: Logger;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
}

/** Current faults by the kind of data that could not be read or written. */
export class BusFaults<What extends string> {
  readonly #options: BusFaultsOptions<What>;
  readonly #lines: RepeatFilter;
  readonly #current = new Map<What, BusFault>();

  constructor(options: BusFaultsOptions<What>) {
    this.#options = options;
    this.#lines = new RepeatFilter(LINE_PERIOD_MS, options.now);
  }

  /** Records a failed attempt. @throws the error itself if it is not a {@link BusError}. */
  failed(what: What, error: unknown): void {
    const { count, log } = this.#options;
    if (!(error instanceof BusError)) throw error;
    const fault: BusFault = { code: `bus_${error.code}`, message: error.message };
    this.#current.set(what, fault);
    count(what);
    const suppressed = this.#lines.admit(what);
    if (suppressed !== null)
      logLine(log, "NATS request failed", {
        ...{ what, code: fault.code, problem: fault.message },
        ...suppressedField(suppressed),
      });
  }

  /** Records a successful attempt. */
  succeeded(what: What): void {
    this.#current.delete(what);
  }

  of(what: What): BusFault | null {
    return this.#current.get(what) ?? null;
  }

  /** Current faults without duplicate causes. */
  get all(): readonly BusFault[] {
    return [...new Map([...this.#current.values()].map((fault) => [fault.code, fault])).values()];
  }
}
