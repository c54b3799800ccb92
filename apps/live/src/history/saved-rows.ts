import { type Static, Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { HistoryStatusSchema } from "@utxoracle/models";
import type { HistoryRow } from "../state/history-rows.ts";
import type { Change, SavedData } from "../store/saved-data.ts";
import type { StepRows } from "./step-rows.ts";

const Price = Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 1e9 }), Type.Null()]);
/** Time, price, low, high, status. */
const SavedRowSchema = Type.Tuple([
  Type.Integer({ minimum: 0, maximum: 1e11 }),
  Price,
  Price,
  Price,
  HistoryStatusSchema,
]);
const savedRow = TypeCompiler.Compile(SavedRowSchema);

const prefixOf = ({ stepSeconds }: StepRows): string => `history/${String(stepSeconds).padStart(5, "0")}/`;

/** Ends of steps in eleven digits, so that the order of the keys is that of the times. */
const keyOf = (step: StepRows, row: HistoryRow): string => prefixOf(step) + String(step.endOf(row)).padStart(11, "0");

const saved = ({ time, price, low, high, status }: HistoryRow): Static<typeof SavedRowSchema> => [
  time,
  price,
  low,
  high,
  status,
];

/**
 * Adds the saved rows of a step before those recorded since the start, and saves changes. Saved
 * rows that are not earlier than all recorded ones were written with a wrong clock; they are
 * removed.
 * @param now Unix seconds.
 * @returns number of loaded and of damaged rows.
 */
export async function keepRows(
  step: StepRows,
  data: SavedData,
  now: () => number,
): Promise<{ readonly loaded: number; readonly damaged: number }> {
  const { values, damaged } = await data.read(prefixOf(step));
  const recorded = step.all;
  const first = recorded[0]?.time ?? Number.POSITIVE_INFINITY;
  const oldest = now() - step.keptSeconds;
  const loaded: HistoryRow[] = [];
  let invalid = damaged;
  for (const [key, value] of values) {
    if (!savedRow.Check(value)) {
      invalid++;
      continue;
    }
    const [time, price, low, high, status] = value;
    const row: HistoryRow = { time, price, low, high, status };
    const isOrdered = time > (loaded.at(-1)?.time ?? -1) && keyOf(step, row) === key;
    if (isOrdered && time < first && time <= now() && time >= oldest) loaded.push(row);
    else data.write([[key, null]]);
  }
  step.load(loaded);
  step.observer = {
    added: (row) => data.write([[keyOf(step, row), saved(row)]]),
    removed: (row) => data.write([[keyOf(step, row), null]]),
  };
  for (const row of recorded) step.add(row);
  return { loaded: loaded.length, damaged: invalid };
}

const HOURS_PREFIX = "hours/";

/** The change that saves a computed hour, or removes it. @param hour its start, Unix seconds. */
export function savedHour(hour: number, row: HistoryRow | null): Change {
  return [HOURS_PREFIX + String(hour).padStart(11, "0"), row === null ? null : saved(row)];
}

/** The computed hours by their start. */
export async function readHours(
  data: SavedData,
): Promise<{ readonly rows: ReadonlyMap<number, HistoryRow>; readonly damaged: number }> {
  const { values, damaged } = await data.read(HOURS_PREFIX);
  const rows = new Map<number, HistoryRow>();
  let invalid = damaged;
  for (const [key, value] of values) {
    const hour = Number(key.slice(HOURS_PREFIX.length));
    if (!savedRow.Check(value) || !Number.isInteger(hour)) {
      invalid++;
      continue;
    }
    const [time, price, low, high, status] = value;
    rows.set(hour, { time, price, low, high, status });
  }
  return { rows, damaged: invalid };
}
