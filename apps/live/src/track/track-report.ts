import {
  TRACK_RECORD_EVENTS_MAX,
  TRACK_RECORD_ROWS_MAX,
  type TrackIncident,
  type TrackOutage,
  type TrackRecordDays,
  type TrackRecordResponse,
} from "@utxoracle/models";
import { isCurrent } from "../state/status.ts";
import { DifferenceFigures } from "./difference-figures.ts";
import { DifferenceHistory } from "./difference-history.ts";
import { HINDSIGHT_METHOD, HINDSIGHT_SECONDS, RECORD_SECONDS, SLOT_SECONDS } from "./published-row.ts";
import { ReliabilityTable } from "./reliability-table.ts";
import { StatusTimes } from "./status-times.ts";
import type { TrackRows } from "./track-rows.ts";

const DAY_SECONDS = 86_400;

export interface ClockStep {
  /** Unix seconds, after the step. */
  readonly time: number;
  readonly seconds: number;
  readonly voided: number;
}

export interface ReportedEvents {
  readonly incidents: readonly TrackIncident[];
  readonly clockSteps: readonly ClockStep[];
}

/** The figures of the last days, computed from the records. @param now Unix seconds */
export function trackReport(
  rows: TrackRows,
  { incidents, clockSteps }: ReportedEvents,
  days: TrackRecordDays,
  now: number,
): TrackRecordResponse {
  const start = now - days * DAY_SECONDS;
  const ok = new DifferenceFigures();
  const all = new DifferenceFigures();
  const reliability = new ReliabilityTable();
  const times = new StatusTimes();
  const step = Math.ceil((days * DAY_SECONDS) / TRACK_RECORD_ROWS_MAX / SLOT_SECONDS) * SLOT_SECONDS;
  const history = new DifferenceHistory(step);
  /** A younger record may be judged yet. */
  const judgedUntil = now - HINDSIGHT_SECONDS - 2 * SLOT_SECONDS;
  let recorded = 0;
  let unjudged = 0;
  let first: number | null = null;
  let last: number | null = null;
  rows.forEach(start, now, (row) => {
    const { time, status } = row;
    if (status === null) return;
    first ??= time;
    last = time;
    recorded++;
    times.add(time, status);
    if (row.isJudged) {
      all.add(row);
      reliability.add(row);
      if (status !== "ok") return;
      ok.add(row);
      history.add(time, row.difference);
    } else if (row.isPriced && isCurrent(status) && time < judgedUntil) unjudged++;
  });
  const outages = times.outages();
  const within = incidents.filter(({ to }) => to >= start && to <= now);
  return {
    days,
    from: first,
    to: last,
    method: HINDSIGHT_METHOD,
    step_seconds: RECORD_SECONDS,
    hindsight_seconds: HINDSIGHT_SECONDS,
    recorded,
    unjudged,
    shares: times.shares(),
    ok: ok.figures(),
    all: all.figures(),
    reliability: reliability.rows(),
    outages: {
      count: outages.length,
      seconds: outages.reduce((sum, outage) => sum + lengthOf(outage), 0),
      longest_seconds: outages.reduce((longest, outage) => Math.max(longest, lengthOf(outage)), 0),
      newest: outages.slice(-TRACK_RECORD_EVENTS_MAX),
    },
    incidents: {
      count: within.length,
      aliases: within.filter(({ alias_ratio }) => alias_ratio !== null).length,
      newest: within.slice(-TRACK_RECORD_EVENTS_MAX),
    },
    clock_steps: clockSteps
      .filter(({ time }) => time >= start && time <= now)
      .slice(-TRACK_RECORD_EVENTS_MAX)
      .map(({ time, seconds, voided }) => ({ time: Math.round(time), seconds, voided })),
    differences: history.columns(),
  };
}

const lengthOf = ({ from, to }: TrackOutage): number => to - from;
