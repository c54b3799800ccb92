import { checkOptionsObject, describeValue, EstimatorError } from "./estimator-error.ts";

/** `posterior` is this project's own engine, `reference` is UTXOracle v9.1 number for number. */
export type Engine = "posterior" | "reference";

/** Options of a {@link MempoolAnalyzer}. */
export interface AnalyzerOptions {
  /**
   * How long a payment counts, seconds. Default 10,800 (three hours), maximum 604,800 (seven days).
   */
  windowSeconds?: number;
  /**
   * Default `posterior`. `reference` has no interval and no confidence; its status is never `ok`.
   */
  engine?: Engine;
  /**
   * Maximum number of remembered ids of expired transactions, about 50 bytes each. Default 300,000.
   */
  maxExpiredIds?: number;
  /**
   * Maximum number of transactions in the window, accepted or rejected, about 120 bytes each.
   * Default 2,000,000. Beyond it the oldest are dropped early, as if the window were shorter.
   */
  maxTransactions?: number;
}

const DEFAULTS: Required<AnalyzerOptions> = {
  windowSeconds: 10_800,
  engine: "posterior",
  maxExpiredIds: 300_000,
  maxTransactions: 2_000_000,
};

/** A longer window would take hundreds of MB, since data is kept for every three minutes. */
const LONGEST_WINDOW_SECONDS = 7 * 86_400;
const MOST_EXPIRED_IDS = 10_000_000;
const FEWEST_TRANSACTIONS = 100;
const MOST_TRANSACTIONS = 10_000_000;

/** @throws {EstimatorError} `invalid_option`, with the option's name */
export function checkedOptions(options: AnalyzerOptions = {}): Required<AnalyzerOptions> {
  checkOptionsObject(options, Object.keys(DEFAULTS));
  const {
    windowSeconds = DEFAULTS.windowSeconds,
    engine = DEFAULTS.engine,
    maxExpiredIds = DEFAULTS.maxExpiredIds,
    maxTransactions = DEFAULTS.maxTransactions,
  } = options;
  if (typeof windowSeconds !== "number" || !(windowSeconds > 0 && windowSeconds <= LONGEST_WINDOW_SECONDS))
    refuse("windowSeconds", windowSeconds, `a number of seconds, more than 0 and at most ${LONGEST_WINDOW_SECONDS}`);
  if (engine !== "posterior" && engine !== "reference") refuse("engine", engine, '"posterior" or "reference"');
  if (!Number.isSafeInteger(maxExpiredIds) || maxExpiredIds < 0 || maxExpiredIds > MOST_EXPIRED_IDS)
    refuse("maxExpiredIds", maxExpiredIds, `a whole number from 0 to ${MOST_EXPIRED_IDS}`);
  if (
    !Number.isSafeInteger(maxTransactions) ||
    maxTransactions < FEWEST_TRANSACTIONS ||
    maxTransactions > MOST_TRANSACTIONS
  )
    refuse("maxTransactions", maxTransactions, `a whole number from ${FEWEST_TRANSACTIONS} to ${MOST_TRANSACTIONS}`);
  return { windowSeconds, engine, maxExpiredIds, maxTransactions };
}

function refuse(option: string, value: unknown, expected: string): never {
  throw new EstimatorError("invalid_option", `${option} is ${describeValue(value)}: it must be ${expected}`);
}
