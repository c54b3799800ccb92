import { randomInt } from "node:crypto";

/**
 * Moments at which a test kills a process, as shares from 0 to 1. The seed is printed; set
 * `UTXORACLE_KILL_SEED` to it to repeat the moments.
 */
export function killMoments(): () => number {
  const seed = Number(process.env["UTXORACLE_KILL_SEED"] ?? randomInt(2 ** 31));
  console.info(`the moments of the kills are those of UTXORACLE_KILL_SEED=${seed}`);
  let state = seed;
  // Mulberry32.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
