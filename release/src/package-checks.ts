import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";

/** publint's messages for an installed package. */
export async function publintMessages(installedFolder: string): Promise<unknown[]> {
  return (await publint({ pkgDir: installedFolder, pack: false, strict: true })).messages;
}

/**
 * Problems found by "are the types wrong" in a tarball.
 *
 * @param isEsmOnly ignores CommonJS and the oldest resolution, as its profile `esm-only` does
 */
export async function typeProblems(tarball: string, isEsmOnly: boolean): Promise<unknown[]> {
  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  if (analysis.types === false) return [{ kind: "NoTypes" }];
  const notOffered = isEsmOnly ? ["node10", "node16-cjs"] : [];
  return analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && notOffered.includes(String(problem.resolutionKind))),
  );
}
