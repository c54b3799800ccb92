import { Buffer } from "node:buffer";

export interface MarketOptions {
  readonly seed: number;
  readonly startSeconds: number;
  readonly paymentsPerSecond: number;
  /** US dollars per bitcoin at a time. */
  priceAt(time: number): number;
}

const ROUND_USD = [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000];
const POPULARITY = [2, 4, 2, 4, 2, 3, 2, 5, 5, 2, 3, 2, 2.5, 2.5];
const TOTAL = POPULARITY.reduce((sum, value) => sum + value, 0);
/** Share of payments that are round in dollars; real days: about a tenth. */
const ROUND_SHARE = 0.1;

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

/**
 * Endless payments of a simulated market as raw transactions: log-normal amounts, among them round dollar
 * amounts at the price of up to four minutes before.
 */
export function* simulatedPayments({
  seed,
  startSeconds,
  paymentsPerSecond,
  priceAt,
}: MarketOptions): Generator<readonly [rawBytes: Uint8Array, timestamp: number]> {
  const random = randomNumbers(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (let count = 0; ; count++) {
    const timestamp = startSeconds + count / paymentsPerSecond;
    const dollars =
      random() < ROUND_SHARE ? roundDollars(random) * Math.exp(0.0007 * normal()) : 250 * Math.exp(2.3 * normal());
    const sats = Math.round((dollars / priceAt(timestamp - 240 * random())) * 1e8);
    if (sats > 1_000 && sats < 1e13) yield [paymentBytes(BigInt(seed) * 2n ** 32n + BigInt(count), sats), timestamp];
  }
}

function roundDollars(random: () => number): number {
  let left = random() * TOTAL;
  for (const [index, usd] of ROUND_USD.entries()) {
    left -= POPULARITY[index] as number;
    if (left < 0) return usd;
  }
  return 1000;
}

/** A transaction with one input, an output of `sats` and one too small to count. @param id makes it unique */
export function paymentBytes(id: bigint, sats: number): Uint8Array {
  const bytes = Buffer.alloc(4 + 1 + 36 + 1 + 4 + 1 + 2 * (8 + 1 + 22) + 4);
  let at = bytes.writeUInt32LE(2, 0);
  at = bytes.writeUInt8(1, at);
  at = bytes.writeBigUInt64LE(id + 1n, at) + 24;
  at = bytes.writeUInt32LE(0, at);
  at = bytes.writeUInt8(0, at);
  at = bytes.writeUInt32LE(0xffffffff, at);
  at = bytes.writeUInt8(2, at);
  for (const value of [sats, 600]) {
    at = bytes.writeBigUInt64LE(BigInt(value), at);
    at = bytes.writeUInt8(22, at);
    at = bytes.writeUInt8(0, at);
    at = bytes.writeUInt8(20, at);
    bytes.fill(7, at, at + 20);
    at += 20;
  }
  bytes.writeUInt32LE(0, at);
  return bytes;
}
