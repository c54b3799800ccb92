import { setImmediate as nextTurn } from "node:timers/promises";
import { CaptureError } from "./capture-error.ts";
import { type Sleep, systemSleep } from "./sleep.ts";

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** Recorded seconds per real second, or `max` for as fast as the consumer takes them; default 1. */
  readonly speed?: number | "max" | undefined;
  /** Ends the replay. */
  readonly signal?: AbortSignal | undefined;
  /** Real seconds from any fixed point, never going back; default the system's monotonic clock. */
  readonly monotonicNow?: (() => number) | undefined;
  /** The timer; default the system's. */
  readonly sleep?: Sleep | undefined;
}

/** Records given out at their times. */
export interface Replay<T> extends AsyncIterableIterator<T> {
  /**
   * The clock of the recording, Unix seconds: it runs between two records at the replay's speed, never past the next
   * record, and stands at the last one. With `max` it stands at the latest record. Null before the first.
   */
  now(): number | null;
}

/** With `max`, records between two turns of the event loop: others (a server, timers) get a turn every few milliseconds. */
const RECORDS_PER_TURN = 256;

/**
 * Gives recorded messages out as they once came: the first at once, each other one when the recorded time between
 * them has passed, divided by `speed`. Times are kept, so what is computed from them is the same on every run.
 * A record with a time before its predecessor's (the clock was set back) comes at once.
 * @param records e.g. from {@link readCapture} or {@link readHexLines}.
 * @throws {CaptureError} `invalid_option` for a speed that is not above 0; errors of `records` pass through.
 */
export function replay<T extends { readonly timestamp: number }>(
  records: AsyncIterable<T> | Iterable<T>,
  options: ReplayOptions = {},
): Replay<T> {
  const { speed = 1 } = options;
  if (speed !== "max" && !(speed > 0 && Number.isFinite(speed)))
    throw new CaptureError("invalid_option", "", `speed must be a number above 0 or "max", not ${speed}`);
  const monotonicNow = options.monotonicNow ?? (() => performance.now() / 1000);
  const clock = new ReplayClock(speed, monotonicNow);
  const iterator = paced(records, clock, options.signal, options.sleep ?? systemSleep);
  return Object.assign(iterator, { now: () => clock.now() });
}

async function* paced<T extends { readonly timestamp: number }>(
  records: AsyncIterable<T> | Iterable<T>,
  clock: ReplayClock,
  signal: AbortSignal | undefined,
  sleep: Sleep,
): AsyncGenerator<T, void, undefined> {
  const never = new AbortController().signal;
  let sinceTurn = 0;
  for await (const record of records) {
    if (signal?.aborted) return;
    const wait = clock.approach(record.timestamp);
    if (wait > 0) {
      try {
        await sleep(wait * 1000, signal ?? never);
      } catch (error) {
        if (signal?.aborted) return;
        throw error;
      }
      sinceTurn = 0;
    } else if (++sinceTurn >= RECORDS_PER_TURN) {
      await nextTurn();
      sinceTurn = 0;
    }
    clock.reach(record.timestamp);
    yield record;
  }
}

/** Recorded time as a function of real time, held between the last record given out and the next one. */
class ReplayClock {
  readonly #speed: number | "max";
  readonly #monotonicNow: () => number;
  #origin: { readonly recorded: number; readonly real: number } | null = null;
  #latest: number | null = null;
  #next: number | null = null;

  constructor(speed: number | "max", monotonicNow: () => number) {
    this.#speed = speed;
    this.#monotonicNow = monotonicNow;
  }

  /** @returns real seconds until the record is due. */
  approach(timestamp: number): number {
    if (this.#speed === "max") return 0;
    const real = this.#monotonicNow();
    this.#origin ??= { recorded: timestamp, real };
    this.#next = timestamp;
    return (timestamp - this.#origin.recorded) / this.#speed - (real - this.#origin.real);
  }

  reach(timestamp: number): void {
    this.#latest = this.#latest === null ? timestamp : Math.max(this.#latest, timestamp);
    this.#next = null;
  }

  now(): number | null {
    if (this.#latest === null || this.#next === null || this.#origin === null || this.#speed === "max")
      return this.#latest;
    const { recorded, real } = this.#origin;
    const running = recorded + (this.#monotonicNow() - real) * this.#speed;
    return Math.max(this.#latest, Math.min(running, this.#next));
  }
}
