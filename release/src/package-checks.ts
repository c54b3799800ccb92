import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";

/** What publint finds wrong with an installed package: nothing, when it is well made. */
export async function publintMessages(installedFolder: string): Promise<unknown[]> {
  return (await publint({ pkgDir: installedFolder, pack: false, strict: true })).messages;
}

/**
 * The problems that "are the types wrong" finds in a tarball.
 *
 * @param isEsmOnly leaves out, as its profile `esm-only` does, CommonJS and the oldest resolution
 */
export async function typeProblems(tarball: string, isEsmOnly: boolean): Promise<unknown[]> {
  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  if (analysis.types === false) return [{ kind: "NoTypes" }];
  const notOffered = isEsmOnly ? ["node10", "node16-cjs"] : [];
  return analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && notOffered.includes(String(problem.resolutionKind))),
  );
}
