/**
 * Fits how popular each round dollar amount is to real payments and writes
 * src/posterior/likelihood/ladder.ts:
 *
 *   node --conditions=@utxoracle/source --import tsx fit/ladder.ts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { corpusDirectory } from "../bench/corpus/corpus-directory.ts";
import { fitLadder } from "./fit-ladder.ts";
import { ladderCounts } from "./ladder-counts.ts";
import { ladderSets } from "./ladder-sets.ts";

const SIGNIFICANT_DIGITS = 3;

const sets = ladderSets(corpusDirectory(undefined, process.env));
const ladder = fitLadder(ladderCounts(sets));
const rows = ladder.map(
  ({ usd, share, background, common }) =>
    `  { usd: ${usd}, share: ${rounded(share)}, background: ${rounded(background)}, common: ${common} },`,
);
const source = `/** Written by fit/ladder.ts: run it again rather than change this. */

/** A round dollar amount that people send. */
export interface LadderAmount {
  readonly usd: number;
  /** Share of all distinct amounts of payments that are of this amount. */
  readonly share: number;
  /** Density of the other amounts there: share of all distinct amounts per unit of ln(amount). */
  readonly background: number;
  /** Whether every set of payments shows it; the others may be missing. */
  readonly common: boolean;
}

/** The blocks, and the mempool, that the shares were fitted to. */
export const FITTED_SETS: readonly string[] = ${JSON.stringify(sets.map(({ name }) => name))};

export const LADDER: readonly LadderAmount[] = [
${rows.join("\n")}
];
`;
const file = fileURLToPath(new URL("../src/posterior/likelihood/ladder.ts", import.meta.url));
writeFileSync(file, source);
console.log(`written: ${file}, ${ladder.length} amounts`);

function rounded(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
