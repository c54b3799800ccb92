import { setImmediate as nextTurn } from "node:timers/promises";
import { checkCaptureOptions, checkRecords } from "./argument.ts";
import { CaptureError } from "./capture-error.ts";
import { type Sleep, systemSleep } from "./sleep.ts";

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** Recorded seconds per real second, or `max` for as fast as the consumer reads; default 1. */
  readonly speed?: number | "max" | undefined;
  /** Ends the replay. */
  readonly signal?: AbortSignal | undefined;
  /** Monotonic clock, seconds. Default: the system's. */
  readonly monotonicNow?: (() => number) | undefined;
  /** Timer. Default: the system's. */
  readonly sleep?: Sleep | undefined;
}

/** A replay of records at their recorded times. */
export interface Replay<T> extends AsyncIterableIterator<T> {
  /**
   * The recording's clock, Unix seconds. Runs at the replay's speed between records, but not past
   * the next one, and stops at the last. With `max` it is the time of the latest record. Null
   * before the first record.
   */
  now(): number | null;
}

/**
 * With `max`, records per turn of the event loop, so that servers and timers run every few
 * milliseconds.
 */
const RECORDS_PER_TURN = 256;

/**
 * Yields records at their recorded pace: the first at once, each other after the recorded delay
 * divided by `speed`. Timestamps are unchanged, so results computed from them are the same on every
 * run. A record with a time before the previous one (a clock was set back) is yielded at once.
 *
 * @param records e.g. from {@link readCapture} or {@link readHexLines}
 * @throws {CaptureError} `invalid_option` if the speed is not above 0; errors of `records` pass
 *   through
 */
export function replay<T extends { readonly timestamp: number }>(
  records: AsyncIterable<T> | Iterable<T>,
  options: ReplayOptions = {},
): Replay<T> {
  checkRecords(records);
  checkCaptureOptions(options, { speed: "any", signal: "signal", monotonicNow: "function", sleep: "function" });
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
    checkTime(record);
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

/** A record without a time would be due at NaN, and the pace lost. */
function checkTime(record: { readonly timestamp: number }): void {
  if (!Number.isFinite((record as { timestamp: number } | null | undefined)?.timestamp))
    throw new CaptureError("invalid_option", "", "records must be objects with a timestamp, Unix seconds");
}

/** Maps real time to recorded time, clamped between the last yielded record and the next one. */
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

  /** @returns real seconds until the record is due */
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
