import { Buffer } from "node:buffer";
import { normal, randomNumbers, roundDollars } from "../../../../packages/estimator/test/filter/simulated-market.ts";

export interface MarketOptions {
  readonly seed: number;
  readonly startSeconds: number;
  readonly paymentsPerSecond: number;
  /** US dollars per bitcoin at a time. */
  priceAt(time: number): number;
}

/** Share of payments that are round in dollars; real days: about a tenth. */
const ROUND_SHARE = 0.1;

/**
 * Endless payments of a simulated market as raw transactions: log-normal amounts, among them round
 * dollar amounts at the price of up to four minutes before.
 */
export function* simulatedPayments({
  seed,
  startSeconds,
  paymentsPerSecond,
  priceAt,
}: MarketOptions): Generator<readonly [rawBytes: Uint8Array, timestamp: number]> {
  const random = randomNumbers(seed);
  for (let count = 0; ; count++) {
    const timestamp = startSeconds + count / paymentsPerSecond;
    const dollars =
      random() < ROUND_SHARE
        ? roundDollars(random) * Math.exp(0.0007 * normal(random))
        : 250 * Math.exp(2.3 * normal(random));
    const sats = Math.round((dollars / priceAt(timestamp - 240 * random())) * 1e8);
    if (sats > 1_000 && sats < 1e13) yield [paymentBytes(BigInt(seed) * 2n ** 32n + BigInt(count), sats), timestamp];
  }
}

/**
 * A transaction with one input, an output of `sats` and one too small to count.
 * @param id makes it unique
 */
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
