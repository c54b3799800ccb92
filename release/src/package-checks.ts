import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";

/** What publint finds wrong with an installed package: nothing, when it is well made. */
export async function publintMessages(installedFolder: string): Promise<unknown[]> {
  return (await publint({ pkgDir: installedFolder, pack: false, strict: true })).messages;
}

/**
 * The problems that "are the types wrong" finds in a tarball, as its profile `esm-only` counts them: CommonJS and the
 * oldest resolution are not offered.
 */
export async function typeProblems(tarball: string): Promise<unknown[]> {
  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  if (analysis.types === false) return [{ kind: "NoTypes" }];
  return analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(String(problem.resolutionKind))),
  );
}
