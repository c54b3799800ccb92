import { SimulatorError } from "./simulator-error.ts";

/** Options of the simulated market and traffic. All have defaults. */
export interface SimulationOptions {
  /** The same seed and options give the same transactions. Default "utxoracle". */
  readonly seed?: number | string;
  /** Dollars per bitcoin at the start. Default 87,300. */
  readonly startPrice?: number;
  /** Annual standard deviation of the log price; 0 is a constant price. Default 0.6. */
  readonly volatility?: number;
  /** Mean rate; the gaps between transactions are exponential. Default 3. */
  readonly transactionsPerSecond?: number;
  /** Seconds of mempool and blocks generated before the start. Default 10,800. */
  readonly historySeconds?: number;
  /** Mean time between blocks, seconds; `Infinity` for no blocks. Default 600. */
  readonly blockIntervalSeconds?: number;
  /** Height of the oldest block. Default 900,000. */
  readonly startHeight?: number;
  /**
   * Multiplies the strengths of the round dollar amounts; 0 leaves no trace of a price. Default
   * 1.4, because the strengths were measured while the price moved, which blurs them. At a constant
   * price, quiet hours of 2024 show about 1.4 times as much.
   */
  readonly peakStrength?: number;
  /** Share of the arrivals that replace an earlier transaction (RBF). Default 0.012. */
  readonly replacementShare?: number;
  /** Evictions per arrival. Default 0.002. */
  readonly evictionShare?: number;
  /** Share of transactions that enter no mempool before their block. Default 0.004. */
  readonly unseenShare?: number;
  /** Maximum number of mempool transactions; the oldest are evicted. Default 200,000. */
  readonly maxMempoolTransactions?: number;
}

export type CheckedSimulationOptions = Required<SimulationOptions>;

const DEFAULTS: CheckedSimulationOptions = {
  seed: "utxoracle",
  startPrice: 87_300,
  volatility: 0.6,
  transactionsPerSecond: 3,
  historySeconds: 10_800,
  blockIntervalSeconds: 600,
  startHeight: 900_000,
  peakStrength: 1.4,
  replacementShare: 0.012,
  evictionShare: 0.002,
  unseenShare: 0.004,
  maxMempoolTransactions: 200_000,
};

const RANGES: readonly (readonly [Exclude<keyof SimulationOptions, "seed">, low: number, high: number])[] = [
  ["startPrice", 0.01, 1e9],
  ["volatility", 0, 100],
  ["transactionsPerSecond", 0, 20_000],
  ["historySeconds", 0, 7 * 86_400],
  ["blockIntervalSeconds", 1, Number.POSITIVE_INFINITY],
  ["startHeight", 1, 100_000_000],
  ["peakStrength", 0, 100],
  ["replacementShare", 0, 0.5],
  ["evictionShare", 0, 0.5],
  ["unseenShare", 0, 0.5],
  ["maxMempoolTransactions", 1, 1_000_000],
];

/**
 * Validates options and adds defaults.
 *
 * @throws SimulatorError `bad_option` that names the option and its range
 */
export function checkSimulationOptions(options: SimulationOptions): CheckedSimulationOptions {
  const checked = { ...DEFAULTS };
  for (const [key, value] of Object.entries(options)) {
    if (value !== undefined) Object.assign(checked, { [key]: value });
  }
  if (typeof checked.seed !== "string" && typeof checked.seed !== "number") {
    throw new SimulatorError("bad_option", `seed must be a number or a text, not ${typeof checked.seed}`);
  }
  for (const [name, low, high] of RANGES) {
    const value: unknown = checked[name];
    if (typeof value !== "number" || !(value >= low && value <= high)) {
      throw new SimulatorError("bad_option", `${name} must be a number from ${low} to ${high}, not ${String(value)}`);
    }
  }
  return checked;
}
