import { createHash } from "node:crypto";
import type { ConfirmedUpdate, PricePoint } from "@utxoracle/models";
import { sampleTick as anyTick } from "@utxoracle/testkit";
import type { MempoolTick } from "@utxoracle/viz/client";

/** A seeded random generator of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ROUND_DOLLARS = [5, 10, 20, 50, 100, 200, 500, 1000];

/** A synthetic point: 40 % within 0.1 % of the price, the others within 6 %. */
export function samplePoint(random: () => number, timestamp: number, price: number): PricePoint {
  const near = random() < 0.4;
  const pointPrice = price * (1 + (random() - 0.5) * (near ? 0.002 : 0.12));
  const usd = ROUND_DOLLARS[Math.floor(random() * ROUND_DOLLARS.length)] as number;
  return {
    timestamp,
    price: pointPrice,
    txid: createHash("sha256").update(String(random())).digest("hex"),
    vout: random() < 0.5 ? 0 : 1,
    amount: usd / pointPrice,
  };
}

/** A synthetic tick with fields replaced by `data`. */
export function sampleTick(data: Partial<MempoolTick["data"]>): MempoolTick {
  return anyTick(data) as MempoolTick;
}

/** Points of the last `seconds` before `now`, oldest first. */
export function samplePoints(
  random: () => number,
  now: number,
  price: number,
  count: number,
  seconds: number,
): PricePoint[] {
  return Array.from({ length: count }, (_, i) => samplePoint(random, now - seconds * (1 - i / count), price));
}

/** Three hours of synthetic blocks before `now`. */
export function sampleConfirmed(
  random: () => number,
  now: number,
  price: number,
  pointsPerBlock = 450,
): ConfirmedUpdate {
  const times: number[] = [];
  for (let time = now - 190; time > now - 10_800; time -= 60 + Math.floor(random() * 1080))
    times.unshift(Math.floor(time));
  const lastHeight = 914_000;
  const walk = (time: number): number => price * (1 + 0.006 * Math.sin(time / 2200) + 0.004 * Math.sin(time / 700));
  return {
    type: "confirmed_update",
    data: {
      price: price * 0.998,
      interval: { low: price * 0.9955, high: price * 1.0005 },
      status: "ok",
      engine: "posterior",
      height: lastHeight,
      block_timestamp: times.at(-1) ?? null,
      window: { first_height: lastHeight - times.length + 1, last_height: lastHeight, hours: 3 },
      blocks: times.map((time, index) => ({
        height: lastHeight - times.length + 1 + index,
        hash: index.toString(16).padStart(64, "0"),
        time,
      })),
      picture: null,
      transactions: times.flatMap((time) =>
        Array.from({ length: pointsPerBlock }, () => samplePoint(random, time, walk(time))),
      ),
      snapshot: true,
    },
  };
}
