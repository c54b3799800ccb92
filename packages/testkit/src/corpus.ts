import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** The folder of real Bitcoin data that tests read: `UTXORACLE_CORPUS`, else `../shared/corpus` beside the repository. */
export const corpusDirectory: string = process.env["UTXORACLE_CORPUS"] ?? resolve(repositoryRoot, "../shared/corpus");

/** Whether the corpus is there. Tests that need it use `describe.skipIf(!hasCorpus)`; CI counts a skipped test as a failure. */
export const hasCorpus: boolean = existsSync(join(corpusDirectory, "README.md"));

/** Path of a file in the corpus, e.g. `corpusPath("days/2024-01-06.csv.gz")`. */
export function corpusPath(relativePath: string): string {
  return join(corpusDirectory, relativePath);
}

if (!hasCorpus)
  console.warn(`corpus not found at ${corpusDirectory}: tests that need it are skipped (set UTXORACLE_CORPUS)`);
