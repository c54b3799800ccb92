// Compares published and hindsight prices with an exchange's prices on the day files of the corpus,
// at full hours:
// `node --conditions=@utxoracle/source --import tsx apps/live/bench/track-record-days.ts`. Takes
// minutes.
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { corpusPath } from "@utxoracle/testkit";
import { hindsightPrices } from "../src/confirmed/hindsight-prices.ts";
import { LiveWindow } from "../src/ingest/live-window.ts";
import { paymentBytes } from "../test/track/simulated-payments.ts";

const WINDOW_SECONDS = 10_800;
/** The span of payments that the service has when it judges a price. */
const [BEFORE_SECONDS, AFTER_SECONDS] = [2100, 4200];

interface Judged {
  readonly published: number;
  readonly hindsight: number;
  readonly truth: number;
  readonly low: number;
  readonly high: number;
}

const rowsOf = (text: string): number[][] =>
  text
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(",").map(Number));
/** Time and price of each full hour. */
const hourly = rowsOf(readFileSync(corpusPath("days/hourly.csv"), "utf8")) as [number, number][];
const days = readdirSync(corpusPath("days")).filter((name) => name.endsWith(".csv.gz"));

const quantiles = (values: readonly number[]): string => {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.5, 0.9, 0.99, 1].map((share) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(3)).join(" ");
};

let published = 0;
const judged: Judged[] = [];
for (const name of days) {
  const payments = rowsOf(gunzipSync(readFileSync(corpusPath(`days/${name}`))).toString()) as [number, number][];
  payments.sort(([a], [b]) => a - b);
  const start = Date.parse(`${name.slice(0, 10)}T00:00:00Z`) / 1000;
  const window = new LiveWindow({ windowSeconds: WINDOW_SECONDS, engine: "posterior" });
  let next = 0;
  for (const [time, truth] of hourly) {
    if (time < start + 2 * 3600 || time > start + 22 * 3600) continue;
    for (; next < payments.length && (payments[next] as [number, number])[0] <= time; next++) {
      const [at, sats] = payments[next] as [number, number];
      window.transaction(paymentBytes(BigInt(next), sats), at);
    }
    const { price, interval, status } = window.analyzer.estimatePrice(time);
    if (price === null || interval === null || status !== "ok") continue;
    published++;
    const around = payments.filter(
      ([at, sats]) => sats > 1000 && at >= time - BEFORE_SECONDS && at <= time + AFTER_SECONDS,
    );
    const { prices } = hindsightPrices({
      amountsBtc: Float64Array.from(around, ([, sats]) => sats / 1e8),
      timestamps: Float64Array.from(around, ([at]) => at),
      times: Float64Array.of(time),
    });
    const [hindsight = Number.NaN] = prices;
    if (!Number.isNaN(hindsight)) judged.push({ published: price, hindsight, truth, ...interval });
  }
  console.error(name);
}

const percent = (of: (row: Judged) => number): string => quantiles(judged.map((row) => 100 * Math.abs(of(row) - 1)));
const held = (of: (row: Judged) => number): number =>
  judged.filter((row) => row.low <= of(row) && of(row) <= row.high).length / judged.length;
console.log(
  JSON.stringify({
    ...{ published, judged: judged.length },
    hindsight_error_pct: percent(({ hindsight, truth }) => hindsight / truth),
    record_pct: percent((row) => row.published / row.hindsight),
    truth_pct: percent((row) => row.published / row.truth),
    record_held: held(({ hindsight }) => hindsight),
    truth_held: held(({ truth }) => truth),
  }),
);
