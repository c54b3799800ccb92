import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EstimateStatusSchema } from "./estimate.ts";
import { Count, Fraction, UsdPerBtc, WholeUnixSeconds } from "./scalars.ts";

/** Lengths of time that a track record covers, days. */
export const TRACK_RECORD_DAYS = [1, 7, 30, 90] as const;
/** Maximum number of incidents, outages and clock steps in a response: the newest. */
export const TRACK_RECORD_EVENTS_MAX = 100;
/** Maximum number of rows of the history of the difference. */
export const TRACK_RECORD_ROWS_MAX = 400;

/** Length of time that the track record covers, days. */
export const TrackRecordDaysSchema = Type.Union([Type.Literal(1), Type.Literal(7), Type.Literal(30), Type.Literal(90)]);
/** Length of time that the track record covers, days. */
export type TrackRecordDays = Static<typeof TrackRecordDaysSchema>;

const Percent = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });
const Seconds = Type.Integer({ minimum: 0, maximum: 1e11, description: "Seconds" });

const FiguresSchema = Type.Object(
  {
    judged: Type.Integer({ minimum: 0, description: "Prices compared with their hindsight price" }),
    median_pct: Percent("Median of the absolute differences, percent of the hindsight price"),
    p90_pct: Percent("90th percentile of the absolute differences"),
    p99_pct: Percent("99th percentile of the absolute differences"),
    worst_pct: Percent("Largest absolute difference"),
    mean_signed_pct: Percent("Mean of the signed differences; positive: the published prices were too high"),
    over_1_pct: Percent("Share of the prices off by more than 1 %, percent"),
    coverage_50_pct: Percent("Share of the hindsight prices within the 50 % interval, percent"),
    coverage_80_pct: Percent("Share within the 80 % interval"),
    coverage_90_pct: Percent("Share within the published 90 % interval"),
    coverage_95_pct: Percent("Share within the 95 % interval"),
  },
  { description: "Published prices against their hindsight prices; null without a judged price" },
);

const SharesSchema = Type.Object(
  {
    ok: Fraction,
    low_confidence: Fraction,
    stale: Fraction,
    no_estimate: Fraction,
    warming_up: Fraction,
    not_running: Fraction,
  },
  { description: "Share of the recorded time per status; `not_running`: nothing was published" },
);

const ReliabilityRowSchema = Type.Object({
  from: Type.Number({ minimum: 0, maximum: 0.9, description: "Lower end of a range of confidence that is 0.1 wide" }),
  prices: Count,
  within_3_pct: Type.Integer({ minimum: 0, description: "Of these, off by at most 3 %" }),
  mean_confidence: Type.Union([Fraction, Type.Null()]),
});

/** A time without a current price. */
export const TrackOutageSchema = Type.Object({
  from: WholeUnixSeconds,
  to: WholeUnixSeconds,
  kind: Type.Union([Type.Literal("stale"), Type.Literal("no_price"), Type.Literal("not_running")], {
    description: "`stale`: only an old price; `no_price`: warming up or no estimate; `not_running`: nothing published",
  }),
});

/** A published `ok` price that hindsight found wrong. */
export const TrackIncidentSchema = Type.Object(
  {
    from: WholeUnixSeconds,
    to: WholeUnixSeconds,
    time: Type.Integer({ minimum: 0, maximum: 1e11, description: "Unix time in seconds of the largest difference" }),
    published: Type.Object({ price: UsdPerBtc, low: UsdPerBtc, high: UsdPerBtc, status: EstimateStatusSchema }),
    restated: Type.Object(
      { price: UsdPerBtc, low: UsdPerBtc, high: UsdPerBtc },
      { description: "The hindsight price of that time, with its 90 % band. It stands beside the published price" },
    ),
    difference_pct: Type.Number({ description: "Published price over restated price less 1, percent" }),
    alias_ratio: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      description: "Ratio of two round dollar amounts by which the price was off, e.g. 2; null if it was not a ratio",
    }),
  },
  { description: "A time in which prices with status ok were off by more than 1 % in hindsight" },
);

const rows = { maxItems: TRACK_RECORD_ROWS_MAX };
const list = { maxItems: TRACK_RECORD_EVENTS_MAX };

/** `/api/v1/track-record`: how right the published prices were, in hindsight. */
export const TrackRecordResponseSchema = Type.Object(
  {
    days: TrackRecordDaysSchema,
    from: Type.Union([WholeUnixSeconds, Type.Null()], {
      description: "First published price in the range, Unix seconds; null if nothing was recorded",
    }),
    to: Type.Union([WholeUnixSeconds, Type.Null()], { description: "Last published price, Unix seconds" }),
    method: Type.Integer({ minimum: 1, description: "Version of the hindsight method (docs/trust.md)" }),
    step_seconds: Type.Integer({ minimum: 1, description: "Time between two records" }),
    hindsight_seconds: Type.Integer({
      minimum: 1,
      description: "Time from the publication of a price to its judgment",
    }),
    recorded: Type.Integer({ minimum: 0, description: "Recorded prices and states" }),
    unjudged: Type.Integer({
      minimum: 0,
      description: "Recorded prices that are old enough, but have no hindsight price",
    }),
    shares: Type.Union([SharesSchema, Type.Null()]),
    ok: FiguresSchema,
    all: FiguresSchema,
    reliability: Type.Array(ReliabilityRowSchema, { minItems: 10, maxItems: 10 }),
    outages: Type.Object({
      count: Count,
      seconds: Seconds,
      longest_seconds: Seconds,
      newest: Type.Array(TrackOutageSchema, { ...list, description: "The newest, in ascending time" }),
    }),
    incidents: Type.Object({
      count: Count,
      aliases: Type.Integer({ minimum: 0, description: "Of these, off by a ratio of round dollar amounts" }),
      newest: Type.Array(TrackIncidentSchema, { ...list, description: "The newest, in ascending time" }),
    }),
    clock_steps: Type.Array(
      Type.Object({
        time: WholeUnixSeconds,
        seconds: Type.Number({ description: "Positive: forward" }),
        voided: Type.Integer({
          minimum: 0,
          description: "Records removed because their times were ahead of the corrected clock",
        }),
      }),
      { ...list, description: "Steps of the service's clock, the newest, in ascending time" },
    ),
    differences: Type.Object(
      {
        step: Type.Integer({ minimum: 1, description: "Seconds between two rows" }),
        time: Type.Array(WholeUnixSeconds, { ...rows, description: "Unix time in seconds at which a row starts" }),
        median_pct: Type.Array(Type.Number(), { ...rows, description: "Median of the signed differences" }),
        low_pct: Type.Array(Type.Number(), { ...rows, description: "Lowest signed difference" }),
        high_pct: Type.Array(Type.Number(), { ...rows, description: "Highest signed difference" }),
      },
      { description: "Published price over hindsight price less 1, percent, of the prices with status ok, in columns" },
    ),
  },
  { description: "How right the published prices were in hindsight" },
);
/** `/api/v1/track-record`: how right the published prices were, in hindsight. */
export type TrackRecordResponse = Static<typeof TrackRecordResponseSchema>;
/** A time in which prices with status ok were off by more than 1 % in hindsight. */
export type TrackIncident = Static<typeof TrackIncidentSchema>;
/** A time without a current price. */
export type TrackOutage = Static<typeof TrackOutageSchema>;

/**
 * The value as a {@link TrackRecordResponse}.
 * @throws ContractError that names the invalid field
 */
export const checkTrackRecordResponse: (value: unknown) => TrackRecordResponse = contractCheck(
  "TrackRecordResponse",
  TrackRecordResponseSchema,
);

/** The contracts of this file by name, e.g. for `/schemas/track-record-response.json`. */
export const trackRecordContracts = {
  "track-record-response": TrackRecordResponseSchema,
} as const;
