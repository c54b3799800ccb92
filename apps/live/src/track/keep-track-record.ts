import { setImmediate as nextTurn } from "node:timers/promises";
import { Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { TrackRecordResponseSchema } from "@utxoracle/models";
import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";
import type { SavedData } from "../store/saved-data.ts";
import { HINDSIGHT_METHOD, KEPT_SECONDS, SLOT_SECONDS, slotOf } from "./published-row.ts";
import {
  HINDSIGHT_PREFIX,
  hindsightKey,
  PUBLISHED_PREFIX,
  publishedKey,
  readHindsight,
  readRows,
  savedHindsightPrices,
  savedRows,
  timeKey,
} from "./saved-slots.ts";
import type { TrackRecord } from "./track-record.ts";

const DAY_SECONDS = 86_400;
const INCIDENT_PREFIX = "track/incident/";
const CLOCK_PREFIX = "track/clock/";
const incidentCheck = TypeCompiler.Compile(TrackRecordResponseSchema.properties.incidents.properties.newest.items);
const clockStepCheck = TypeCompiler.Compile(
  Type.Object({ time: Type.Number(), seconds: Type.Number(), voided: Type.Integer({ minimum: 0 }) }),
);

/**
 * Loads the saved track record, the newest day first, and saves changes. Records older than 90 days
 * are deleted.
 * @param now Unix seconds.
 */
export async function keepTrackRecord(
  record: TrackRecord,
  data: SavedData,
  now: () => number,
  log: Logger,
): Promise<void> {
  const started = now();
  const oldest = slotOf(started - KEPT_SECONDS);
  let damaged = await loadEvents(record, data);
  record.saveWith({
    rows: (slot, rows) => {
      data.write([rows.length === 0 ? [publishedKey(slot), null] : savedRows(slot, rows)]);
      // The slot that is 90 days old leaves when a new one begins.
      const gone = slot - KEPT_SECONDS - SLOT_SECONDS;
      if (rows.length === 1)
        data.write([
          [publishedKey(gone), null],
          [hindsightKey(gone, HINDSIGHT_METHOD), null],
        ]);
    },
    hindsight: (slot, prices) => data.write([savedHindsightPrices(slot, prices)]),
    incident: (incident, forgotten) => {
      data.write([[INCIDENT_PREFIX + timeKey(incident.from), incident]]);
      data.write(forgotten.map(({ from }) => [INCIDENT_PREFIX + timeKey(from), null] as const));
    },
    clockStep: (step) => data.write([[CLOCK_PREFIX + timeKey(Math.round(step.time)), step]]),
  });
  let loaded = 0;
  for (let end = slotOf(started) + SLOT_SECONDS; end > oldest; end -= DAY_SECONDS) {
    const day = await loadDay(record, data, Math.max(oldest, end - DAY_SECONDS), end, now());
    loaded += day.loaded;
    damaged += day.damaged;
    await nextTurn();
  }
  for (const prefix of [PUBLISHED_PREFIX, HINDSIGHT_PREFIX])
    await data.removeRange(prefix, prefix + timeKey(Math.max(0, oldest)));
  const ahead = await data.readRange(publishedKey(slotOf(started) + SLOT_SECONDS), `${PUBLISHED_PREFIX}\uffff`, 1);
  if (ahead.values.size > 0) await removeFuture(record, data, slotOf(started) + SLOT_SECONDS, started);
  if (damaged > 0) logLine(log, "damaged history rows ignored", { path: data.path, damaged });
  logLine(log, "loaded track record", { path: data.path, rows: loaded });
}

async function loadDay(
  record: TrackRecord,
  data: SavedData,
  from: number,
  to: number,
  now: number,
): Promise<{ readonly loaded: number; readonly damaged: number }> {
  const published = await data.readRange(publishedKey(from), publishedKey(to));
  const hindsight = await data.readRange(HINDSIGHT_PREFIX + timeKey(from), HINDSIGHT_PREFIX + timeKey(to));
  let loaded = 0;
  let damaged = published.damaged + hindsight.damaged;
  for (const [key, value] of published.values) {
    const slot = Number(key.slice(PUBLISHED_PREFIX.length));
    const rows = Number.isInteger(slot) ? readRows(slot, value) : null;
    if (rows === null) {
      damaged++;
      continue;
    }
    const saved = hindsight.values.get(hindsightKey(slot, HINDSIGHT_METHOD));
    const prices = saved === undefined ? null : readHindsight(saved, rows.length);
    if (saved !== undefined && prices === null) damaged++;
    record.load({ slot, rows, hindsight: prices }, now);
    loaded += rows.length;
  }
  return { loaded, damaged };
}

async function loadEvents(record: TrackRecord, data: SavedData): Promise<number> {
  const incidents = await data.read(INCIDENT_PREFIX);
  const clockSteps = await data.read(CLOCK_PREFIX);
  const validIncidents = [...incidents.values.values()].filter((value) => incidentCheck.Check(value));
  const validSteps = [...clockSteps.values.values()].filter((value) => clockStepCheck.Check(value));
  record.loadEvents(validIncidents, validSteps);
  const invalid = incidents.values.size - validIncidents.length + clockSteps.values.size - validSteps.length;
  return incidents.damaged + clockSteps.damaged + invalid;
}

/** Removes records that an earlier run wrote with a clock that was ahead. */
async function removeFuture(record: TrackRecord, data: SavedData, from: number, now: number): Promise<void> {
  const { values } = await data.readRange(publishedKey(from), `${PUBLISHED_PREFIX}\uffff`);
  let voided = 0;
  let newest = now;
  for (const [key, value] of values) {
    const rows = readRows(Number(key.slice(PUBLISHED_PREFIX.length)), value) ?? [];
    voided += rows.length;
    newest = Math.max(newest, rows.at(-1)?.time ?? 0);
    data.write([[key, null]]);
  }
  record.voided(newest - now, now, voided);
}
