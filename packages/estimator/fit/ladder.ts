/**
 * Fits how popular each round dollar amount is to real payments and writes
 * src/posterior/likelihood/ladder.json:
 *
 *     node --conditions=@utxoracle/source --import tsx packages/estimator/fit/ladder.ts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { corpusDirectory } from "../bench/corpus/corpus-directory.ts";
import { fitLadder } from "./fit-ladder.ts";
import { ladderCounts } from "./ladder-counts.ts";
import { ladderSets } from "./ladder-sets.ts";

const SIGNIFICANT_DIGITS = 3;

const sets = ladderSets(corpusDirectory(undefined, process.env));
const ladder = fitLadder(ladderCounts(sets)).map(({ usd, share, background, common }) => {
  return { usd, share: rounded(share), background: rounded(background), common };
});
const table = `{
  "sets": ${JSON.stringify(sets.map(({ name }) => name))},
  "amounts": [
${ladder.map((amount) => `    ${JSON.stringify(amount)}`).join(",\n")}
  ]
}
`;
const file = fileURLToPath(new URL("../src/posterior/likelihood/ladder.json", import.meta.url));
writeFileSync(file, table);
console.log(`written: ${file}, ${ladder.length} amounts; format it by pnpm format`);

function rounded(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
