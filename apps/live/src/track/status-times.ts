import type { EstimateStatus, TrackOutage, TrackRecordResponse } from "@utxoracle/models";
import { toDigits } from "../state/digits.ts";
import { RECORD_SECONDS } from "./published-row.ts";

/** Records at most this far apart leave no gap, seconds: `--interval` may be 60 s. */
const GAP_SECONDS = 90;
/** Minimum length of an outage, seconds. */
const OUTAGE_SECONDS = 60;

type State = keyof NonNullable<TrackRecordResponse["shares"]>;

const outageKinds: Readonly<Record<State, TrackOutage["kind"] | null>> = {
  ok: null,
  low_confidence: null,
  stale: "stale",
  no_estimate: "no_price",
  warming_up: "no_price",
  not_running: "not_running",
};

/** The time spent in each status, and the times without a current price. */
export class StatusTimes {
  readonly #seconds: Record<State, number> = {
    ok: 0,
    low_confidence: 0,
    stale: 0,
    no_estimate: 0,
    warming_up: 0,
    not_running: 0,
  };
  readonly #outages: { from: number; to: number; kind: TrackOutage["kind"] }[] = [];
  /** Records of one status without a gap: first and last time. */
  #status: EstimateStatus | null = null;
  #from = 0;
  #last = 0;

  /** Adds a record. Call it in ascending time. */
  add(time: number, status: EstimateStatus): void {
    const isContinuous = time - this.#last <= GAP_SECONDS;
    if (status === this.#status && isContinuous) {
      this.#last = time;
      return;
    }
    if (this.#status !== null) {
      const end = isContinuous ? time : this.#last + RECORD_SECONDS;
      this.#span(this.#from, end, this.#status);
      if (end < time) this.#span(end, time, "not_running");
    }
    this.#status = status;
    this.#from = this.#last = time;
  }

  shares(): TrackRecordResponse["shares"] {
    this.#end();
    const total = Object.values(this.#seconds).reduce((sum, seconds) => sum + seconds, 0);
    if (total === 0) return null;
    const entries = Object.entries(this.#seconds).map(([state, seconds]) => [state, toDigits(seconds / total, 6)]);
    return Object.fromEntries(entries) as Record<State, number>;
  }

  /** In ascending time. */
  outages(): TrackOutage[] {
    this.#end();
    return this.#outages.filter(({ from, to }) => to - from >= OUTAGE_SECONDS);
  }

  #end(): void {
    if (this.#status !== null) this.#span(this.#from, this.#last + RECORD_SECONDS, this.#status);
    this.#status = null;
  }

  #span(from: number, to: number, state: State): void {
    this.#seconds[state] += to - from;
    const kind = outageKinds[state];
    if (kind === null) return;
    const newest = this.#outages.at(-1);
    if (newest !== undefined && newest.kind === kind && newest.to === from) newest.to = to;
    else this.#outages.push({ from, to, kind });
  }
}
