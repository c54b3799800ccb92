import {
  type BlockPlace,
  type BlockSource,
  type ChainTip,
  firstBlockFrom,
  placesFrom,
  readBlocks,
} from "@utxoracle/block-source";
import type { Engine } from "@utxoracle/models";
import type { AnswerSource } from "./answers.ts";
import { type WindowEvent, windowAnswers } from "./window-answers.ts";

/** Longest time read from blocks, seconds. */
const LONGEST_SECONDS = 92 * 86_400;
/** A block's time may be this much before that of an earlier block, seconds. */
const DISORDER_SECONDS = 7200;

export interface BlocksOptions {
  readonly source: BlockSource;
  readonly tip: ChainTip;
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly windowSeconds: number;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** The prices of a window to which payments come with their block, at the block's time. */
export async function blockAnswers(options: BlocksOptions): Promise<AnswerSource> {
  const { source, tip, windowSeconds, engine } = options;
  const from = Math.max(options.from, options.to - LONGEST_SECONDS);
  const first = await firstBlockFrom(source, from - windowSeconds - DISORDER_SECONDS, tip.height);
  const places: BlockPlace[] = [];
  if (first !== null)
    for await (const place of placesFrom(source, first.height, tip.height)) {
      if (place.time > options.to + DISORDER_SECONDS) break;
      places.push(place);
    }
  // Block times are not strictly ordered; moments are.
  places.sort((a, b) => a.time - b.time || a.height - b.height);
  return {
    title: `engine ${engine}, ${places.length} blocks of ${tip.chain}, window ${windowSeconds} s`,
    span: places.length === 0 ? null : { from, to: options.to },
    answers: (times) => windowAnswers(eventsOf(options, places), times, options),
  };
}

async function* eventsOf(
  { source, signal }: BlocksOptions,
  places: readonly BlockPlace[],
): AsyncGenerator<WindowEvent, void, undefined> {
  for await (const { place, rawBytes } of readBlocks(source, places, signal))
    yield { time: place.time, enter: (window) => window.block(rawBytes, place.time) };
}
