/**
 * How far beside a round amount of bitcoin there are more amounts than anywhere: what both engines'
 * tolerance for amounts chosen in bitcoin was read from. Counts the corpus's days, without the
 * multiples of 100 satoshis.
 *
 *     node --conditions=@utxoracle/source --import tsx packages/estimator/fit/round-bitcoin.ts [--corpus DIR]
 */
import { parseArgs } from "node:util";
import { corpusDirectory } from "@utxoracle/testkit";
import { openCorpus, readDay } from "../bench/corpus/corpus-days.ts";

/** Of the distance from the nearest amount of two significant digits, relative to it. */
const BIN = 2.5e-5;
const BINS_EACH_SIDE = 12;
/** From here on amounts of two significant digits are multiples of 100 satoshis themselves. */
const SMALLEST_SATS = 10_000;

const { values: options } = parseArgs({ options: { corpus: { type: "string", default: corpusDirectory } } });

const counts = new Array<number>(2 * BINS_EACH_SIDE).fill(0);
for (const file of openCorpus(options.corpus, null).dayFiles)
  for (const sats of readDay(file).sats) {
    if (sats < SMALLEST_SATS || sats % 100 === 0) continue;
    const unit = 10 ** (String(sats).length - 2);
    const nearest = Math.round(sats / unit) * unit;
    const bin = Math.floor((sats - nearest) / nearest / BIN) + BINS_EACH_SIDE;
    if (bin >= 0 && bin < counts.length) counts[bin] = (counts[bin] as number) + 1;
  }
for (const [bin, count] of counts.entries())
  console.log(`from ${(100 * BIN * (bin - BINS_EACH_SIDE)).toFixed(4).padStart(8)} %  ${String(count).padStart(6)}`);
