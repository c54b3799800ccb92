/**
 * How far the live error falls with the arrival times of a real feed instead of block times, and
 * how much of the rest is lag, in a simulated market: `pnpm bench:arrivals [DAYS]`.
 *
 * Assumed: a price walk of 2.5 % a day with quiet and fast hours; 0.75 payments a second of two
 * amounts each, 5 % of them round in dollars with the measured shape of real blocks; a delay
 * between pricing and sending with a mean of a minute for 80 % of the payments, five minutes for
 * 15 % and twenty for 5 %; blocks every ten minutes on average.
 */

import { accuracyFigures, type JudgedMoment } from "../src/accuracy.ts";
import { MempoolAnalyzer } from "../src/index.ts";
import { SHARP_SHAPE } from "../src/posterior/likelihood/peak-shape.ts";
import { seededRandom } from "../test/simulated-market.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const PAYMENTS_PER_SECOND = 0.75;
const ROUND_SHARE = 0.05;
const ROUND_USD = [5, 10, 10, 15, 20, 20, 25, 30, 40, 50, 50, 100, 100, 150, 200, 300, 500, 1000];
const DELAYS = [
  { share: 0.8, meanSeconds: MINUTE },
  { share: 0.15, meanSeconds: 5 * MINUTE },
  { share: 0.05, meanSeconds: 20 * MINUTE },
];
const BLOCK_SECONDS = 10 * MINUTE;
/** A payment is in the next block if it was seen this long before. */
const TEMPLATE_SECONDS = 15;
const MAX_LAG_MINUTES = 12;

type PriceAt = (time: number) => number;

interface Payment {
  readonly pricedAt: number;
  readonly seenAt: number;
  readonly amounts: readonly number[];
}

interface Hour extends JudgedMoment {
  readonly time: number;
}

/** A price with steps of a minute. */
function priceWalk(seconds: number, random: () => number): PriceAt {
  const logs = [Math.log(60_000)];
  for (let minute = 1; minute <= seconds / MINUTE + 1; minute++) {
    const pace = 0.4 + 1.2 * Math.abs(Math.sin(minute / 500));
    logs.push((logs[minute - 1] as number) + 0.00066 * pace * normal(random));
  }
  return (time) => {
    const place = Math.min(Math.max(0, time / MINUTE), logs.length - 1.001);
    const minute = Math.floor(place);
    const [from, to] = [logs[minute] as number, logs[minute + 1] as number];
    return Math.exp(from + (place - minute) * (to - from));
  };
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const exponential = (mean: number, random: () => number): number => -mean * Math.log(1 - random());

function* payments(seconds: number, priceAt: PriceAt, random: () => number): Generator<Payment> {
  const gap = (): number => exponential(1 / PAYMENTS_PER_SECOND, random);
  for (let time = gap(); time < seconds; time += gap()) {
    const priceUsd = priceAt(time);
    const amounts = [0, 1].map(() => Math.round((1e8 * dollars(random)) / priceUsd) / 1e8);
    yield { pricedAt: time, seenAt: time + delay(random), amounts: amounts.filter((btc) => btc > 1e-5 && btc < 1e5) };
  }
}

function dollars(random: () => number): number {
  if (random() >= ROUND_SHARE) return 250 * 10 ** (0.9 * normal(random));
  const usd = ROUND_USD[Math.floor(random() * ROUND_USD.length)] as number;
  const part = random();
  const { coreShare, coreScale, shoulderShare, shoulderScale, feeScale } = SHARP_SHAPE;
  if (part >= coreShare + shoulderShare) return usd * Math.exp(exponential(feeScale, random));
  const distance = exponential(part < coreShare ? coreScale : shoulderScale, random);
  return usd * Math.exp(random() < 0.5 ? distance : -distance);
}

function delay(random: () => number): number {
  let rest = random();
  for (const { share, meanSeconds } of DELAYS) {
    if (rest < share) return exponential(meanSeconds, random);
    rest -= share;
  }
  return 0;
}

/**
 * The time of a payment if only blocks are known: anywhere between its block and the one before.
 */
function blockTimes(seconds: number, random: () => number): (seenAt: number) => number {
  const blocks = [0];
  while ((blocks.at(-1) as number) < seconds + HOUR)
    blocks.push((blocks.at(-1) as number) + exponential(BLOCK_SECONDS, random));
  return (seenAt) => {
    let low = 1;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((blocks[middle] as number) < seenAt + TEMPLATE_SECONDS) low = middle + 1;
      else high = middle;
    }
    const [before, block] = [blocks[low - 1] as number, blocks[low] as number];
    return before + random() * (block - before);
  };
}

/** The live estimates at every full hour from the fourth on. */
function hourly(
  all: readonly Payment[],
  timeOf: (payment: Payment) => number,
  seconds: number,
  priceAt: PriceAt,
): Hour[] {
  const analyzer = new MempoolAnalyzer();
  const arrivals = all.map((payment, number) => ({ time: timeOf(payment), number, amounts: payment.amounts }));
  arrivals.sort((a, b) => a.time - b.time);
  const hours: Hour[] = [];
  let next = 0;
  for (let end = 3 * HOUR; end <= seconds; end += HOUR) {
    for (; next < arrivals.length; next++) {
      const { time, number, amounts } = arrivals[next]!;
      if (time > end) break;
      analyzer.addTransaction({ txid: String(number), amounts: [...amounts], timestamp: time });
    }
    const prices = Array.from({ length: 180 }, (_, minute) => priceAt(end - minute * MINUTE));
    const movedPct = 100 * (Math.max(...prices) / Math.min(...prices) - 1);
    hours.push({
      time: end,
      label: String(end),
      estimate: analyzer.estimatePrice(end),
      truthUsd: priceAt(end),
      movedPct,
    });
  }
  return hours;
}

/**
 * The lag, whole minutes, at which the earlier price is nearest to the estimates, and the median
 * distance from it.
 */
function lag(hours: readonly Hour[], priceAt: PriceAt): { minutes: number; medianPct: number } {
  const distances = Array.from({ length: MAX_LAG_MINUTES + 1 }, (_, minutes) => ({
    minutes,
    medianPct:
      accuracyFigures(hours.map((hour) => ({ ...hour, truthUsd: priceAt(hour.time - minutes * MINUTE) }))).median_pct ??
      0,
  }));
  return distances.reduce((best, each) => (each.medianPct < best.medianPct ? each : best));
}

const days = Number(process.argv[2] ?? 4);
const seconds = days * DAY;
const priceAt = priceWalk(seconds, seededRandom(4));
const all = [...payments(seconds, priceAt, seededRandom(21))];
const blockTime = blockTimes(seconds, seededRandom(7));
const variants: readonly (readonly [name: string, timeOf: (payment: Payment) => number])[] = [
  ["arrive when priced", ({ pricedAt }) => pricedAt],
  ["first seen", ({ seenAt }) => seenAt],
  ["block times", ({ seenAt }) => blockTime(seenAt)],
];
console.log(`${days} days, ${all.length} payments`);
console.log(
  "| arrival times | hours | median | p90 | `ok` | over 2 % with `ok` | 90 % interval holds | lag, minutes | median without lag |",
);
console.log("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
for (const [name, timeOf] of variants) {
  const hours = hourly(all, timeOf, seconds, priceAt);
  const figures = accuracyFigures(hours);
  if (figures.median_pct === null || figures.median_pct > 1) throw new Error(`${name}: the estimates are wrong`);
  const { minutes, medianPct } = lag(hours, priceAt);
  const cells = [
    figures.median_pct,
    figures.p90_pct,
    figures.ok_pct,
    figures.ok_over2_pct,
    figures.interval_coverage_pct,
  ];
  const texts = cells.map((value) => (value === null ? "–" : `${value.toFixed(3)} %`));
  console.log(`| ${name} | ${hours.length} | ${texts.join(" | ")} | ${minutes} | ${medianPct.toFixed(3)} % |`);
}
