import { SAMPLE_TIME, sampleTick } from "@utxoracle/testkit";
import type { ConfirmedUpdate, MempoolTick, MempoolUpdate, PricePoint } from "../src/client.ts";

/** The time of the samples, Unix seconds. */
export const T = SAMPLE_TIME;

/** A point with an id made of `n`. */
export function point(n: number, timestamp: number, price: number, amount = 0.001): PricePoint {
  return { timestamp, price, txid: n.toString(16).padStart(64, "0"), vout: n % 2, amount };
}

/** A valid tick with fields replaced by `data`. */
export function mempoolUpdate(data: Partial<MempoolTick["data"]>): MempoolTick & MempoolUpdate {
  return sampleTick(data) as MempoolTick & MempoolUpdate;
}

/** Hash of a sample block. */
export const blockHash = (index: number): string => (0xb0 + index).toString(16).repeat(32);

/** A valid confirmed update (three blocks of two points each) with fields replaced by `data`. */
export function confirmedUpdate(data: Partial<ConfirmedUpdate["data"]>): ConfirmedUpdate {
  return {
    type: "confirmed_update",
    data: {
      price: 113_400,
      interval: { low: 113_000, high: 113_800 },
      status: "ok",
      engine: "posterior",
      height: 914_000,
      block_timestamp: T - 190,
      window: { first_height: 913_998, last_height: 914_000, hours: 3 },
      blocks: [T - 1900, T - 1000, T - 190].map((time, index) => ({
        height: 913_998 + index,
        hash: blockHash(index),
        time,
      })),
      picture: null,
      transactions: [T - 1900, T - 1000, T - 190].flatMap((time, block) =>
        [0, 1].map((k) => point(100 + 2 * block + k, time, 113_300 + 100 * block + k)),
      ),
      snapshot: true,
      ...data,
    },
  };
}
