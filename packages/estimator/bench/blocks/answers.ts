import { MempoolAnalyzer, type PriceEstimate } from "../../src/index.ts";
import type { Draw } from "./draws.ts";
import type { LeftOutEngine } from "./left-out.ts";

/**
 * How an engine is asked: a set with times, a set without, or a window that the payments come into.
 */
export type Mode = "timed" | "untimed" | "live";

export interface Answer {
  readonly draw: Draw;
  readonly mode: Mode;
  readonly estimate: PriceEstimate;
}

/** Any time does: nothing depends on the date. */
const START = 1_700_000_000;

/**
 * Of a static set. Times within ten minutes do not change an answer: a price is followed through
 * half an hour and more.
 */
export function staticAnswer(draw: Draw, engine: LeftOutEngine, withBatches: boolean): Answer {
  const estimate = engine.estimate(draw.block.height, draw.amountsBtc, withBatches ? draw.batches : []);
  return { draw, mode: draw.timed ? "timed" : "untimed", estimate };
}

/** Every amount a payment of its own, asked when the last has come. */
export function liveAnswer(draw: Draw): Answer {
  const analyzer = new MempoolAnalyzer();
  draw.amountsBtc.forEach((amount, index) => {
    const timestamp = START + draw.seconds[index]!;
    analyzer.addTransaction({ txid: String(index), timestamp, amounts: [amount] });
  });
  return { draw, mode: "live", estimate: analyzer.estimatePrice(START + draw.seconds.at(-1)!) };
}

/**
 * Whether the 90 % interval of a right answer with `ok` and that of the block's other payments,
 * both without times, differ by no more than two independent errors: hypot(half widths). Null if it
 * is not `ok` and right, or the others are too few.
 */
export function holdsRest(answer: Answer, engine: LeftOutEngine): boolean | null {
  const { draw, estimate } = answer;
  if (estimate.status !== "ok" || !isRight(answer) || draw.restBtc.length < draw.size) return null;
  const rest = engine.estimate(draw.block.height, draw.restBtc);
  if (rest.status !== "ok" || Math.abs(Math.log(rest.price! / estimate.price!)) > RIGHT_WITHIN) return null;
  return Math.abs(Math.log(rest.price! / estimate.price!)) <= Math.hypot(logHalfWidth(estimate), logHalfWidth(rest));
}

function logHalfWidth({ interval }: PriceEstimate): number {
  return Math.log(interval!.high / interval!.low) / 2;
}

const RIGHT_WITHIN = 0.03;

export function isRight({ draw, estimate }: Answer): boolean {
  return estimate.price !== null && Math.abs(estimate.price / draw.block.priceUsd - 1) <= RIGHT_WITHIN;
}
