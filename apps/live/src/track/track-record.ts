import type { MempoolSnapshotData, TrackIncident, TrackRecordDays, TrackRecordResponse } from "@utxoracle/models";
import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";
import { INCIDENT_DIFFERENCE, IncidentList } from "./incident-list.ts";
import { judged } from "./judged-row.ts";
import {
  HINDSIGHT_SECONDS,
  type HindsightPrice,
  type PublishedRow,
  publishedRow,
  recordTime,
  SLOT_SECONDS,
  slotOf,
} from "./published-row.ts";
import { type ClockStep, trackReport } from "./track-report.ts";
import { TrackRows } from "./track-rows.ts";

/** Slots that wait for their hindsight prices; the oldest is given up first. */
const WAITING_SLOTS_MAX = 64;
const CLOCK_STEPS_MAX = 1000;

/** What is saved of a track record. */
export interface TrackRecordSaver {
  /** The rows of a slot; empty if they were removed. */
  rows(slot: number, rows: readonly PublishedRow[]): void;
  hindsight(slot: number, prices: readonly (HindsightPrice | null)[]): void;
  incident(incident: TrackIncident, forgotten: readonly TrackIncident[]): void;
  clockStep(step: ClockStep): void;
}

/** A slot whose prices can be judged. */
export interface DueSlot {
  /** Its start, Unix seconds. */
  readonly slot: number;
  readonly rows: readonly PublishedRow[];
}

/** A slot in saved data. */
export interface LoadedSlot {
  readonly slot: number;
  readonly rows: readonly PublishedRow[];
  /** A price or null for each row; null if the slot was not judged. */
  readonly hindsight: readonly (HindsightPrice | null)[] | null;
}

export interface TrackRecordOptions {
  readonly log: Logger;
  /** Called for each new incident. */
  readonly onIncident?: (kind: "alias" | "other") => void;
  readonly onJudged?: (rows: number) => void;
}

/**
 * The published prices of the last 90 days, each with its hindsight price an hour later. A
 * published row is never changed; hindsight prices and incidents stand beside it.
 */
export class TrackRecord {
  readonly #options: TrackRecordOptions;
  readonly #rows = new TrackRows();
  readonly #incidents = new IncidentList();
  /** Rows of the slots that are not judged, by start of the slot, in ascending time. */
  readonly #waiting = new Map<number, PublishedRow[]>();
  /** Earlier slots were recorded with another clock, Unix seconds. */
  #judgeableFrom = 0;
  #clockSteps: ClockStep[] = [];
  #saver: TrackRecordSaver | null = null;

  constructor(options: TrackRecordOptions) {
    this.#options = options;
  }

  /** Time of the newest record, Unix seconds; null without records. */
  get newest(): number | null {
    return this.#rows.newest;
  }

  /**
   * Records an update if it is the first since a multiple of 10 seconds. Earlier times are not
   * recorded.
   */
  record(update: MempoolSnapshotData): void {
    const { newest } = this.#rows;
    if (newest !== null && recordTime(update) <= newest) return;
    const row = publishedRow(update);
    this.#rows.add(row);
    const slot = slotOf(row.time);
    const rows = this.#waiting.get(slot) ?? [];
    rows.push(row);
    this.#waiting.set(slot, rows);
    this.#saver?.rows(slot, rows);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= WAITING_SLOTS_MAX) break;
      this.#waiting.delete(oldest);
    }
  }

  /** The oldest slot whose prices are all old enough to be judged. @param now Unix seconds */
  due(now: number): DueSlot | null {
    const slot = Math.min(...this.#waiting.keys());
    if (now < slot + SLOT_SECONDS + HINDSIGHT_SECONDS) return null;
    const rows = this.#waiting.get(slot);
    if (rows === undefined) return null;
    if (slot >= this.#judgeableFrom) return { slot, rows };
    this.#waiting.delete(slot);
    return this.due(now);
  }

  /**
   * Compares the prices of a slot with their hindsight prices.
   * @param prices one for each row; null where the payments give none.
   */
  judge({ slot, rows }: DueSlot, prices: readonly (HindsightPrice | null)[]): void {
    // After a step of the clock these may be other rows.
    if (this.#waiting.get(slot) !== rows) return;
    this.#waiting.delete(slot);
    let count = 0;
    rows.forEach((row, index) => {
      const hindsight = prices[index] ?? null;
      if (hindsight === null) return;
      const judgment = judged(row, hindsight);
      if (judgment === null) return;
      count++;
      this.#rows.judge(row.time, judgment);
      if (row.status === "ok" && Math.abs(judgment.difference) > INCIDENT_DIFFERENCE && row.price !== null)
        this.#addIncident({ ...row, price: row.price }, hindsight);
    });
    this.#saver?.hindsight(slot, prices);
    this.#options.onJudged?.(count);
  }

  /** Gives up a slot: it stays without hindsight prices. */
  giveUp({ slot }: DueSlot): void {
    this.#waiting.delete(slot);
  }

  /**
   * Notes a step of the clock. Records ahead of the corrected clock are removed: their times have
   * not come yet. Records of before the step cannot be judged: the payments have other times now.
   * @param now the corrected clock, Unix seconds.
   */
  clockStep(seconds: number, now: number): void {
    const voided = this.#rows.removeAfter(now);
    for (const slot of new Set(voided.map(slotOf))) {
      const kept = (this.#waiting.get(slot) ?? []).filter(({ time }) => time <= now);
      if (kept.length > 0) this.#waiting.set(slot, kept);
      else this.#waiting.delete(slot);
      this.#saver?.rows(slot, kept);
    }
    this.#judgeableFrom = slotOf(now) + SLOT_SECONDS;
    this.#addClockStep({ time: now, seconds: Math.round(1000 * seconds) / 1000, voided: voided.length });
  }

  /**
   * Notes records of an earlier run that were removed because its clock was ahead by at least
   * `seconds`.
   */
  voided(seconds: number, now: number, voided: number): void {
    this.#addClockStep({ time: now, seconds: -seconds, voided });
  }

  #addClockStep(step: ClockStep): void {
    this.#clockSteps = [...this.#clockSteps, step].slice(-CLOCK_STEPS_MAX);
    this.#saver?.clockStep(step);
  }

  /** Adds a saved slot. Records of this run win over saved ones of the same time. */
  load({ slot, rows, hindsight }: LoadedSlot, now: number): void {
    for (const row of rows) if (row.time <= now) this.#rows.add(row);
    if (hindsight === null) {
      const known = this.#waiting.get(slot) ?? [];
      const first = known[0]?.time ?? Number.POSITIVE_INFINITY;
      const earlier = rows.filter(({ time }) => time < first && time <= now);
      if (slot > now - HINDSIGHT_SECONDS - 3 * SLOT_SECONDS) this.#waiting.set(slot, [...earlier, ...known]);
      return;
    }
    rows.forEach((row, index) => {
      const price = hindsight[index] ?? null;
      const judgment = price === null ? null : judged(row, price);
      if (judgment !== null) this.#rows.judge(row.time, judgment);
    });
  }

  loadEvents(incidents: readonly TrackIncident[], clockSteps: readonly ClockStep[]): void {
    this.#incidents.load(incidents);
    this.#clockSteps = [...clockSteps, ...this.#clockSteps].slice(-CLOCK_STEPS_MAX);
  }

  /** Saves what changes from now on, and what was recorded since the start. */
  saveWith(saver: TrackRecordSaver): void {
    this.#saver = saver;
    for (const [slot, rows] of this.#waiting) saver.rows(slot, rows);
  }

  /** The figures of the last days. @param now Unix seconds */
  report(days: TrackRecordDays, now: number): TrackRecordResponse {
    return trackReport(this.#rows, { incidents: this.#incidents.all, clockSteps: this.#clockSteps }, days, now);
  }

  #addIncident(row: PublishedRow & { readonly price: number }, hindsight: HindsightPrice): void {
    const { incident, isNew, forgotten } = this.#incidents.add(row, hindsight);
    this.#saver?.incident(incident, forgotten);
    if (!isNew) return;
    this.#options.onIncident?.(incident.alias_ratio === null ? "other" : "alias");
    logLine(this.#options.log, "published price was off in hindsight", {
      time: new Date(1000 * incident.time).toISOString(),
      published: incident.published.price,
      hindsight: incident.restated.price,
      difference_pct: incident.difference_pct,
      alias_ratio: incident.alias_ratio,
    });
  }
}
