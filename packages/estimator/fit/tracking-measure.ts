/**
 * A step of fit/tracking.ts, in a process of its own: finds the path of the price through each day with given weights
 * (standard input), and counts how amounts scatter around the round dollar amounts at that path (standard output).
 */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { readDay } from "../bench/corpus/corpus-days.ts";
import { ExchangePrices } from "../bench/corpus/exchange-prices.ts";
import { PEAK_SHAPE_STEP } from "../src/tracking/peak-weights.ts";
import { installWeights, SHAPE_REACH, type TrackingWeights } from "./tracking-weights.ts";

export interface MeasureRequest {
  weights: TrackingWeights;
  hourlyFile: string;
  dayFiles: string[];
}

const request: MeasureRequest = JSON.parse(await text(process.stdin));
installWeights(request.weights);
const { AmountCounts } = await import("../src/tracking/amount-counts.ts");
const { PriceTile, TILE_CELLS } = await import("../src/tracking/price-tile.ts");
const { isRoundBitcoin } = await import("../src/round-bitcoin.ts");
const { TRACKING } = await import("../src/tracking/tracking-model.ts");

type Counts = InstanceType<typeof AmountCounts>;
type Tile = InstanceType<typeof PriceTile>;

const HOUR_SLICES = 3600 / TRACKING.sliceSeconds;
const exchange = new ExchangePrices(readFileSync(request.hourlyFile, "utf8"), request.hourlyFile);
const usd = request.weights.strengths.map((entry) => entry.usd);
const counts = usd.map(() => new Array<number>(2 * SHAPE_REACH + 1).fill(0));

for (const file of request.dayFiles) {
  const day = readDay(file);
  const slices = new Map<number, Counts>();
  for (let row = 0; row < day.times.length; row++) {
    const sats = day.sats[row]!;
    if (sats <= 1_000 || sats >= 1e13 || isRoundBitcoin(sats)) continue;
    const slice = Math.floor(day.times[row]! / TRACKING.sliceSeconds);
    const amounts = slices.get(slice) ?? new AmountCounts();
    amounts.add(sats);
    slices.set(slice, amounts);
  }
  for (let hour = 0; hour < 24; hour++)
    countHour(slices, Math.floor(day.start / TRACKING.sliceSeconds) + hour * HOUR_SLICES);
}
process.stdout.write(JSON.stringify(counts));

/** The path of an hour from an hour before and an hour after it, and the amounts around it. */
function countHour(slices: ReadonlyMap<number, Counts>, first: number): void {
  const closeUsd = exchange.closeAt((first + HOUR_SLICES) * TRACKING.sliceSeconds);
  if (closeUsd === null) return;
  const centre = Math.log(closeUsd);
  const forwards = new PriceTile(centre);
  const backwards = new PriceTile(centre);
  const mirrored = { get: (slice: number) => slices.get(-slice) };
  for (let slice = first; slice < first + HOUR_SLICES; slice++) {
    const amounts = slices.get(slice);
    if (amounts === undefined) continue;
    const before = position(forwards, forwards.densities(first - HOUR_SLICES, slice, slices));
    const after = position(backwards, backwards.densities(-first - 2 * HOUR_SLICES, -slice, mirrored));
    const logPrice =
      (before.mean / before.variance + after.mean / after.variance) / (1 / before.variance + 1 / after.variance);
    amounts.forEach((sats) => {
      const logUsd = Math.log(sats / 1e8) + logPrice;
      for (let amount = 0; amount < usd.length; amount++) {
        const bin = Math.round((Math.log(usd[amount]!) - logUsd) / PEAK_SHAPE_STEP);
        if (Math.abs(bin) <= SHAPE_REACH) counts[amount]![bin + SHAPE_REACH]!++;
      }
    });
  }
}

function position(tile: Tile, densities: readonly Float64Array[]): { mean: number; variance: number } {
  let mean = 0;
  let square = 0;
  for (const density of densities)
    for (let cell = 0; cell < TILE_CELLS; cell++) {
      const offset = tile.logPrice(cell) - tile.centre;
      mean += density[cell]! * offset;
      square += density[cell]! * offset * offset;
    }
  return { mean: tile.centre + mean, variance: square - mean * mean + 1e-9 };
}
