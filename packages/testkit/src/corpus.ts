import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

const BLOCKS = ["702861", "367891", "426884", "testnet-928816", "testnet-928849"];
const DAYS = [
  ...["2024-01-06", "2024-01-24", "2024-02-08", "2024-02-23", "2024-03-11", "2024-03-28", "2024-04-22", "2024-05-07"],
  ...["2024-05-22", "2024-06-06", "2024-06-21", "2024-07-06", "2024-07-21", "2024-08-05", "2024-08-20", "2024-09-04"],
];

/** Required files. Excludes `days-2025` and `real`, which no test reads. */
const FILES: readonly string[] = [
  ...BLOCKS.map((name) => `blocks/${name}.raw.gz`),
  ...DAYS.map((day) => `days/${day}.csv.gz`),
  "days/hourly.csv",
  "days/published.csv",
  "mempool/2024-03-14.rawtx.hex.gz",
  "vectors/v9_1.json",
  "vectors/v9_1_tables.json",
];

function corpusFolder(environment: NodeJS.ProcessEnv): string {
  return environment["UTXORACLE_CORPUS"] ?? resolve(repositoryRoot, "../shared/corpus");
}

/**
 * Folder with real Bitcoin data for tests: `UTXORACLE_CORPUS`, else `../shared/corpus` next to the
 * repository.
 */
export const corpusDirectory: string = corpusFolder(process.env);

/** Path of a file in the corpus, e.g. `corpusPath("days/2024-01-06.csv.gz")`. */
export function corpusPath(relativePath: string): string {
  if (!FILES.includes(relativePath))
    throw new Error(`add ${relativePath} to the files of packages/testkit/src/corpus.ts`);
  return join(corpusDirectory, relativePath);
}

/** What is missing of the corpus; null if it is complete. */
export function corpusProblem(environment: NodeJS.ProcessEnv): string | null {
  const folder = corpusFolder(environment);
  const where = environment["UTXORACLE_CORPUS"] === undefined ? folder : `${folder} (UTXORACLE_CORPUS)`;
  if (!existsSync(folder)) return `no folder ${where}`;
  const lacking = FILES.find((path) => !existsSync(join(folder, path)));
  return lacking === undefined ? null : `no ${lacking} in ${where}`;
}
