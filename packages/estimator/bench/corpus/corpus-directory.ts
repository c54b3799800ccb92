import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of `--corpus`, else `UTXORACLE_CORPUS`, else ../shared/corpus beside the repository.
 */
export function corpusDirectory(given: string | undefined, env: NodeJS.ProcessEnv): string {
  if (given !== undefined) {
    // Package managers run scripts in the repository's root; a path is meant from where the user
    // stands.
    const fromHere = resolve(given);
    return existsSync(fromHere) || env["INIT_CWD"] === undefined ? fromHere : resolve(env["INIT_CWD"], given);
  }
  const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../../../..");
  return env["UTXORACLE_CORPUS"] ?? resolve(repositoryRoot, "../shared/corpus");
}
