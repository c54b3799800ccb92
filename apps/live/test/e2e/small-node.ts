import { type SimulationOptions, type Simulator, startSimulator } from "@utxoracle/simulator";

/**
 * Little more than the guard against forged payments needs: with 26 seeds, all prices of the first
 * 200 s were ok. Stronger peaks look like other prices; a longer window takes longer to estimate.
 */
const SMALL = { windowSeconds: 1800, transactionsPerSecond: 5, peakStrength: 6 };
/** The default window, which the service takes twice as long to read. */
const USUAL = { windowSeconds: 10_800, transactionsPerSecond: 3, peakStrength: 3 };
const LIVE_PER_SECOND = 3;

export interface SmallNodeOptions extends Pick<SimulationOptions, "seed" | "blockIntervalSeconds"> {
  /** As many payments before the start as by default, for measurements. Default false. */
  readonly usualWindow?: boolean;
}

/**
 * Starts a simulated node with a known price, and as few payments as an ok price needs.
 * @returns with the service's flags that connect to it.
 */
export async function startSmallNode({
  usualWindow = false,
  ...options
}: SmallNodeOptions): Promise<{ readonly simulator: Simulator; readonly flags: readonly string[] }> {
  const { windowSeconds, ...market } = usualWindow ? USUAL : SMALL;
  const simulator = await startSimulator({ ...market, ...options, historySeconds: windowSeconds });
  simulator.setTransactionsPerSecond(LIVE_PER_SECOND);
  const { rawtx, rawblock, sequence } = simulator.endpoints;
  const flags = [
    ...["--zmq-rawtx", String(rawtx), "--zmq-rawblock", String(rawblock), "--zmq-sequence", String(sequence)],
    ...["--rpc-url", simulator.rpcUrl, "--rpc-user", simulator.rpcUser, "--rpc-password", simulator.rpcPassword],
    ...["--window", String(windowSeconds)],
  ];
  return { simulator, flags };
}
