/** The lengths of time of the track record, days. */
export const DAYS = [1, 7, 30, 90] as const;
export type Days = (typeof DAYS)[number];

/** Figures of published prices against their hindsight prices, percent. */
export interface Figures {
  readonly judged: number;
  readonly median_pct: number | null;
  readonly p90_pct: number | null;
  readonly p99_pct: number | null;
  readonly worst_pct: number | null;
  readonly coverage_50_pct: number | null;
  readonly coverage_80_pct: number | null;
  readonly coverage_90_pct: number | null;
  readonly coverage_95_pct: number | null;
}

export interface Incident {
  readonly time: number;
  readonly published: { readonly price: number };
  readonly restated: { readonly price: number };
  readonly difference_pct: number;
  readonly alias_ratio: number | null;
}

export interface Outage {
  readonly from: number;
  readonly to: number;
  readonly kind: "stale" | "no_price" | "not_running";
}

export interface Differences {
  readonly step: number;
  readonly time: readonly number[];
  readonly median_pct: readonly number[];
  readonly low_pct: readonly number[];
  readonly high_pct: readonly number[];
}

/** The part of `api/v1/track-record` that the page shows. */
export interface TrackRecord {
  readonly days: number;
  /** Start and end of the record within these days, Unix seconds; null: nothing is recorded. */
  readonly from: number | null;
  readonly to: number | null;
  readonly recorded: number;
  readonly shares: Readonly<Record<string, number>> | null;
  readonly ok: Figures;
  readonly outages: { readonly count: number; readonly seconds: number; readonly newest: readonly Outage[] };
  readonly incidents: { readonly count: number; readonly newest: readonly Incident[] };
  readonly differences: Differences;
}

const ROWS_MAX = 2000;
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const areNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= ROWS_MAX && value.every(isNumber);
const areObjects = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) && value.length <= ROWS_MAX && value.every(isObject);

function areFigures(value: unknown): boolean {
  if (!isObject(value) || !isNumber(value["judged"])) return false;
  const percents = ["median", "p90", "p99", "worst", "coverage_50", "coverage_80", "coverage_90", "coverage_95"];
  return percents.every((name) => value[`${name}_pct`] === null || isNumber(value[`${name}_pct`]));
}

const isIncident = ({ time, published, restated, difference_pct, alias_ratio }: Record<string, unknown>): boolean =>
  isNumber(time) &&
  isObject(published) &&
  isNumber(published["price"]) &&
  isObject(restated) &&
  isNumber(restated["price"]) &&
  isNumber(difference_pct) &&
  (alias_ratio === null || isNumber(alias_ratio));

const isOutage = ({ from, to, kind }: Record<string, unknown>): boolean =>
  isNumber(from) && isNumber(to) && ["stale", "no_price", "not_running"].includes(String(kind));

/** The track record in a response; null if it is invalid. */
export function readTrackRecord(response: unknown): TrackRecord | null {
  if (!isObject(response)) return null;
  const { days, from, to, recorded, shares, ok, outages, incidents, differences } = response;
  if (!isNumber(days) || !isNumber(recorded) || !areFigures(ok)) return null;
  if (recorded > 0 && !(isNumber(from) && isNumber(to))) return null;
  if (!(shares === null || (isObject(shares) && Object.values(shares).every(isNumber)))) return null;
  if (!isObject(outages) || !isObject(incidents) || !isObject(differences)) return null;
  if (!isNumber(outages["count"]) || !isNumber(outages["seconds"]) || !isNumber(incidents["count"])) return null;
  if (!areObjects(outages["newest"]) || !outages["newest"].every(isOutage)) return null;
  if (!areObjects(incidents["newest"]) || !incidents["newest"].every(isIncident)) return null;
  const columns = ["time", "median_pct", "low_pct", "high_pct"].map((name) => differences[name]);
  if (!isNumber(differences["step"]) || !columns.every(areNumbers)) return null;
  if (columns.some((column) => column.length !== columns[0]?.length)) return null;
  return response as unknown as TrackRecord;
}
