import { checkOptionsObject, describeValue, EstimatorError } from "./estimator-error.ts";

/** `posterior` is this project's own; `reference` is UTXOracle v9.1, number for number. */
export type Engine = "posterior" | "reference";

/** How a {@link MempoolAnalyzer} is to work. */
export interface AnalyzerOptions {
  /** How long a payment counts, in seconds, at most 604,800: seven days. Default 10,800: three hours. */
  windowSeconds?: number;
  /** Default `posterior`. `reference` has neither interval nor confidence; its status is never `ok`. */
  engine?: Engine;
  /** Most ids remembered of transactions older than the window, about 50 bytes each. Default 300,000. */
  maxExpiredIds?: number;
  /**
   * Most transactions in the window, accepted or refused, about 120 bytes each. Default 2,000,000. Beyond it the oldest
   * leave early, as if the window were shorter.
   */
  maxTransactions?: number;
}

const DEFAULTS: Required<AnalyzerOptions> = {
  windowSeconds: 10_800,
  engine: "posterior",
  maxExpiredIds: 300_000,
  maxTransactions: 2_000_000,
};

/** Longer ones would take hundreds of MB: something is kept for every three minutes. */
const LONGEST_WINDOW_SECONDS = 7 * 86_400;
const MOST_EXPIRED_IDS = 10_000_000;
const FEWEST_TRANSACTIONS = 100;
const MOST_TRANSACTIONS = 10_000_000;

/** @throws {EstimatorError} `invalid_option`, naming the option */
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
