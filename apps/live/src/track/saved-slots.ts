import { type Static, Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { EstimateStatus } from "@utxoracle/models";
import type { Change } from "../store/saved-data.ts";
import {
  HINDSIGHT_METHOD,
  type HindsightPrice,
  type PublishedRow,
  RECORD_SECONDS,
  SLOT_SECONDS,
} from "./published-row.ts";

/** Saved letter of each status. */
const LETTERS: Readonly<Record<EstimateStatus, string>> = {
  ok: "o",
  low_confidence: "l",
  stale: "s",
  no_estimate: "n",
  warming_up: "w",
};
const STATUS_OF = new Map(Object.entries(LETTERS).map(([status, letter]) => [letter, status as EstimateStatus]));
/** Letter of a step without a record. */
const EMPTY = ".";
const STEPS = SLOT_SECONDS / RECORD_SECONDS;
const CONFIDENCE_SCALE = 10_000;

const Cents = Type.Union([Type.Integer({ minimum: -1e11, maximum: 1e11 }), Type.Null()]);
const column = Type.Array(Cents, { maxItems: STEPS });

/**
 * The published rows of a slot. A letter for each step; the columns have a value for each record:
 * the price in cents less the previous one, and the distances of the interval from it in cents.
 */
const SavedSlotSchema = Type.Object({
  status: Type.String({ pattern: `^[olsnw.]{0,${STEPS}}$` }),
  price: column,
  below: column,
  above: column,
  confidence: Type.Array(Type.Integer({ minimum: 0, maximum: CONFIDENCE_SCALE }), { maxItems: STEPS }),
});
const savedSlot = TypeCompiler.Compile(SavedSlotSchema);

/** The hindsight prices of a slot, in columns as those of {@link SavedSlotSchema}. */
const SavedHindsightSchema = Type.Object({
  method: Type.Integer({ minimum: 1 }),
  price: column,
  below: column,
  above: column,
});
const savedHindsight = TypeCompiler.Compile(SavedHindsightSchema);

export const PUBLISHED_PREFIX = "track/published/";
export const HINDSIGHT_PREFIX = "track/hindsight/";
/** Times in eleven digits, so that the order of the keys is that of the times. */
export const timeKey = (time: number): string => String(time).padStart(11, "0");
export const publishedKey = (slot: number): string => PUBLISHED_PREFIX + timeKey(slot);
/** The prices of another method stand beside these. */
export const hindsightKey = (slot: number, method: number): string =>
  `${HINDSIGHT_PREFIX}${timeKey(slot)}/${String(method).padStart(3, "0")}`;

interface Priced {
  readonly price: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Prices in cents, each less the previous one. */
function priceColumns(rows: readonly Priced[]): Pick<Static<typeof SavedSlotSchema>, "price" | "below" | "above"> {
  let before = 0;
  const price: (number | null)[] = [];
  const below: (number | null)[] = [];
  const above: (number | null)[] = [];
  for (const row of rows) {
    const cents = row.price === null ? null : Math.round(100 * row.price);
    price.push(cents === null ? null : cents - before);
    below.push(cents === null || row.low === null ? null : cents - Math.round(100 * row.low));
    above.push(cents === null || row.high === null ? null : Math.round(100 * row.high) - cents);
    before = cents ?? before;
  }
  return { price, below, above };
}

/** The rows of {@link priceColumns}; null if the columns are of unequal length or not prices. */
function pricedRows(
  { price, below, above }: Pick<Static<typeof SavedSlotSchema>, "price" | "below" | "above">,
  count: number,
): Priced[] | null {
  if ([price, below, above].some(({ length }) => length !== count)) return null;
  let before = 0;
  const rows: Priced[] = [];
  for (const [index, delta] of price.entries()) {
    const cents = delta === null ? null : before + delta;
    if (cents !== null && (cents <= 0 || cents > 1e11)) return null;
    const [under, over] = [below[index] ?? null, above[index] ?? null];
    rows.push({
      price: cents === null ? null : cents / 100,
      low: cents === null || under === null ? null : (cents - under) / 100,
      high: cents === null || over === null ? null : (cents + over) / 100,
    });
    before = cents ?? before;
  }
  return rows;
}

/** The change that saves the rows of a slot. */
export function savedRows(slot: number, rows: readonly PublishedRow[]): Change {
  let status = "";
  for (const row of rows) status = status.padEnd((row.time - slot) / RECORD_SECONDS, EMPTY) + LETTERS[row.status];
  const confidence = rows.map((row) => Math.round(CONFIDENCE_SCALE * row.confidence));
  return [publishedKey(slot), { status, ...priceColumns(rows), confidence }];
}

/** The rows of a saved slot; null if it is damaged. */
export function readRows(slot: number, value: unknown): PublishedRow[] | null {
  if (!savedSlot.Check(value)) return null;
  const steps = [...value.status].flatMap((letter, step) => (letter === EMPTY ? [] : [{ letter, step }]));
  const prices = pricedRows(value, steps.length);
  if (prices === null || value.confidence.length !== steps.length) return null;
  return steps.map(({ letter, step }, index) => ({
    time: slot + step * RECORD_SECONDS,
    ...(prices[index] as Priced),
    confidence: (value.confidence[index] as number) / CONFIDENCE_SCALE,
    status: STATUS_OF.get(letter) as EstimateStatus,
  }));
}

/** The change that saves the hindsight prices of the rows of a slot. */
export function savedHindsightPrices(slot: number, prices: readonly (HindsightPrice | null)[]): Change {
  const columns = priceColumns(prices.map((each) => each ?? { price: null, low: null, high: null }));
  return [hindsightKey(slot, HINDSIGHT_METHOD), { method: HINDSIGHT_METHOD, ...columns }];
}

/** The hindsight prices of a saved slot with `count` rows; null if they are damaged. */
export function readHindsight(value: unknown, count: number): (HindsightPrice | null)[] | null {
  if (!savedHindsight.Check(value)) return null;
  const rows = pricedRows(value, count);
  return (
    rows?.map(({ price, low, high }) =>
      price === null || low === null || high === null ? null : { price, low, high },
    ) ?? null
  );
}
