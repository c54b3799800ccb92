import type { Logger } from "pino";
import { RepeatFilter } from "../../logging/repeat-filter.ts";
import { BusError, type BusErrorCode } from "./bus-error.ts";

/** One line at most in this time about one kind of failure, ms. */
const LINE_PERIOD_MS = 30_000;

/** Why something is not read or published: a stable code and a sentence for people. */
export interface BusFault {
  readonly code: `bus_${BusErrorCode}`;
  readonly message: string;
}

export interface BusFaultsOptions<What extends string> {
  /** Counts a failure. */
  readonly count: (what: What) => void;
  readonly log: Logger;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** What cannot be read or written at the moment and why, by what was attempted. */
export class BusFaults<What extends string> {
  readonly #options: BusFaultsOptions<What>;
  readonly #lines: RepeatFilter;
  readonly #current = new Map<What, BusFault>();

  constructor(options: BusFaultsOptions<What>) {
    this.#options = options;
    this.#lines = new RepeatFilter(LINE_PERIOD_MS, options.now);
  }

  /** The last attempt failed. @throws the error itself when it does not come from NATS. */
  failed(what: What, error: unknown): void {
    const { count, log } = this.#options;
    // Anything else is a defect of this program.
    if (!(error instanceof BusError)) throw error;
    const fault: BusFault = { code: `bus_${error.code}`, message: error.message };
    this.#current.set(what, fault);
    count(what);
    const suppressed = this.#lines.admit(what);
    if (suppressed !== null)
      log.warn(
        { what, code: fault.code, problem: fault.message, also_since_last_line: suppressed },
        "NATS request failed",
      );
  }

  /** The last attempt succeeded. */
  succeeded(what: What): void {
    this.#current.delete(what);
  }

  of(what: What): BusFault | null {
    return this.#current.get(what) ?? null;
  }

  /** Each cause once. */
  get all(): readonly BusFault[] {
    return [...new Map([...this.#current.values()].map((fault) => [fault.code, fault])).values()];
  }
}
