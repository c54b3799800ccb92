import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import convert from "ast-v8-to-istanbul";
import { parseAst } from "vite";
import { addBranches, type Branches, branchesOf, type FileCoverage } from "./branch-coverage.ts";

interface ScriptRun {
  readonly source: string;
  readonly functions: NonNullable<Parameters<typeof convert>[0]["coverage"]>["functions"];
}

const mapComment = /\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,(\S+)\s*$/;

/** Branches by the source file's base name, from the coverage of the browser tests' pages. */
export async function pageBranches(folder: string): Promise<Map<string, Branches>> {
  const files = new Map<string, Branches>();
  for (const name of readdirSync(folder)) {
    const { source, functions } = JSON.parse(readFileSync(join(folder, name), "utf8")) as ScriptRun;
    const [, base64] = mapComment.exec(source) ?? [];
    if (base64 === undefined) throw new Error(`${name}: a script without a source map`);
    const sourceMap = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    const report = (await convert({
      code: source,
      ast: parseAst(source) as never,
      sourceMap,
      coverage: { functions, url: "file:///page/entry.js" },
    })) as Record<string, FileCoverage>;
    for (const [path, coverage] of Object.entries(report)) {
      const known = files.get(basename(path)) ?? new Map<string, number>();
      addBranches(known, branchesOf(coverage));
      files.set(basename(path), known);
    }
  }
  return files;
}
