import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EstimateStatusSchema } from "./estimate.ts";
import { UsdPerBtc, WholeUnixSeconds } from "./scalars.ts";

/**
 * The steps of the price history: each is kept for a limited time, in memory or in `--data-dir`.
 */
export const HISTORY_STEPS = [
  { stepSeconds: 10, keptSeconds: 3 * 3600 },
  { stepSeconds: 60, keptSeconds: 48 * 3600 },
  { stepSeconds: 600, keptSeconds: 90 * 86_400 },
] as const;

/**
 * Maximum number of rows in a response: every step of the longest range, as many gaps, and the
 * confirmed hours.
 */
export const HISTORY_ROWS_MAX = 30_000;

/** Time between two rows of a step, seconds. */
export const HistoryStepSchema = Type.Union([Type.Literal(10), Type.Literal(60), Type.Literal(600)], {
  description: "Time between two rows, seconds: 10 for the last 3 hours, 60 for 48 hours, 600 for 90 days",
});
/** Time between two rows of a step, seconds. */
export type HistoryStep = Static<typeof HistoryStepSchema>;

/**
 * Status of a row of the price history. The statuses of a published price, and:
 *
 * - `confirmed`: not published at that time; computed later from the blocks of that hour.
 * - `missing`: nothing was published from this time to the next row; no price.
 */
export const HistoryStatusSchema = Type.Union(
  [...EstimateStatusSchema.anyOf, Type.Literal("confirmed"), Type.Literal("missing")],
  {
    description:
      "Status of the published price; `confirmed`: computed later from the blocks of that hour; " +
      "`missing`: nothing was published from this time to the next row",
  },
);
/**
 * Status of a row of the price history. The statuses of a published price, and:
 *
 * - `confirmed`: not published at that time; computed later from the blocks of that hour.
 * - `missing`: nothing was published from this time to the next row; no price.
 */
export type HistoryStatus = Static<typeof HistoryStatusSchema>;

const rows = { maxItems: HISTORY_ROWS_MAX };
const pricesOrNull = (description: string) =>
  Type.Array(Type.Union([UsdPerBtc, Type.Null()]), { ...rows, description });

/** `/api/v1/history`: the published prices in columns of equal length, in ascending time. */
export const HistoryResponseSchema = Type.Object(
  {
    step: HistoryStepSchema,
    from: Type.Integer({ minimum: 0, maximum: 1e11, description: "Start of the range, Unix seconds, inclusive" }),
    to: Type.Integer({ minimum: 0, maximum: 1e11, description: "End of the range, Unix seconds, inclusive" }),
    time: Type.Array(WholeUnixSeconds, {
      ...rows,
      description: "Unix time in seconds, ascending; at most one row per step",
    }),
    price: pricesOrNull("The price published at that time; null without a price: the line breaks there"),
    low: pricesOrNull("Lower end of the 90 % interval; null without an interval"),
    high: pricesOrNull("Upper end of the 90 % interval; null without an interval"),
    status: Type.Array(HistoryStatusSchema, rows),
  },
  { description: "The published prices of a range, in columns" },
);
/** `/api/v1/history`: the published prices in columns of equal length, in ascending time. */
export type HistoryResponse = Static<typeof HistoryResponseSchema>;

/** The value as a {@link HistoryResponse}. @throws ContractError that names the invalid field */
export const checkHistoryResponse: (value: unknown) => HistoryResponse = contractCheck(
  "HistoryResponse",
  HistoryResponseSchema,
);

/** The contracts of this file by name, e.g. for `/schemas/history-response.json`. */
export const historyContracts = {
  "history-response": HistoryResponseSchema,
} as const;
