// Changes the payment filter and the window in every way that Stryker knows, one change at a time, and runs their tests: a
// change that no test notices must be explained in docs/mutation.md. `pnpm soak mutation`. Run by itself it takes names
// of the targets below; without any, all are run.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { explainedMutants, type Mutant, mutantsOf } from "../src/mutation-report.ts";
import { nodeProgram } from "../src/node-program.ts";
import { repositoryRoot } from "../src/published-packages.ts";

const stryker = join(repositoryRoot, "release", "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
/** Stryker 10 needs Node.js 22. */
const node = nodeProgram(24);

/** Name of Stryker's settings in `mutation/`, and the package that it changes. */
const targets = [
  ["tx-parser", "tx-parser"],
  ["estimator-structures", "estimator"],
  ["estimator-window", "estimator"],
] as const;

function mutate(name: string, packageName: string): Mutant[] {
  const folder = join("packages", packageName);
  const cwd = join(repositoryRoot, folder);
  try {
    const { status } = spawnSync(node, [stryker, "run", join("..", "..", "release", "mutation", `${name}.json`)], {
      cwd,
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`Stryker ended with ${status} in ${folder}`);
    return mutantsOf(readFileSync(join(cwd, ".stryker-tmp", "report.json"), "utf8"), folder);
  } finally {
    rmSync(join(cwd, ".stryker-tmp"), { recursive: true, force: true });
  }
}

const wasNoticed = ({ status }: Mutant): boolean => status === "Killed" || status === "Timeout";
const hasLived = ({ status }: Mutant): boolean => status === "Survived" || status === "NoCoverage";

const explained = explainedMutants(readFileSync(join(repositoryRoot, "docs", "mutation.md"), "utf8"));
const met = new Set<(typeof explained)[number]>();
let unexplained = 0;
const wanted = process.argv.slice(2);
const unknown = wanted.find((each) => !targets.some(([name]) => name === each));
if (unknown !== undefined) throw new Error(`there is no target "${unknown}"`);
for (const [name, packageName] of targets) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const mutants = mutate(name, packageName);
  const noticed = mutants.filter(wasNoticed);
  const lived = mutants.filter(hasLived);
  const judged = noticed.length + lived.length;
  if (judged === 0) throw new Error(`${name}: nothing was mutated`);
  for (const file of new Set(mutants.map((mutant) => mutant.file))) {
    const ofFile = mutants.filter((mutant) => mutant.file === file);
    const counts = [ofFile.filter(wasNoticed).length, ofFile.filter(hasLived).length] as const;
    console.log(`| \`${basename(file)}\` | ${counts[0] + counts[1]} | ${counts[0]} | ${counts[1]} |`);
  }
  for (const mutant of lived) {
    const why = explained.find(
      ({ file, original, replacement }) =>
        mutant.file.endsWith(`/${file}`) && mutant.original === original && mutant.replacement === replacement,
    );
    if (why !== undefined) met.add(why);
    else {
      unexplained += 1;
      console.error(`${mutant.file}:${mutant.line} ${mutant.mutator}: ${mutant.original} → ${mutant.replacement}`);
    }
  }
  const share = ((100 * noticed.length) / judged).toFixed(1);
  console.log(`${name}: ${judged} mutants, ${noticed.length} noticed (${share} %), ${lived.length} lived`);
}
if (wanted.length === 0)
  for (const { file, original, replacement } of explained.filter((each) => !met.has(each)))
    console.log(`explained, but noticed by now: ${file}: ${original} → ${replacement}`);
console.log(`${unexplained} mutants lived without an explanation`);
process.exit(unexplained > 0 ? 1 : 0);
