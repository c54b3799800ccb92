// Mutation testing of the payment filter and the window: `pnpm soak mutation`. Lists the mutants
// that no test detects (a missing test, or a change without effect) and fails if there are too
// many. Arguments are names of targets below; default all.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Mutant, mutantsOf } from "../src/mutation-report.ts";
import { nodeProgram } from "../src/node-program.ts";
import { repositoryRoot } from "../src/published-packages.ts";

const stryker = join(repositoryRoot, "release", "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
/** Stryker 10 needs Node.js 22. */
const node = nodeProgram(24);

/** Names of Stryker's settings in `mutation/`, and the packages that they change. */
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
    if (status !== 0) throw new Error(`Stryker exited with ${status} in ${folder}`);
    return mutantsOf(readFileSync(join(cwd, ".stryker-tmp", "report.json"), "utf8"), folder);
  } finally {
    rmSync(join(cwd, ".stryker-tmp"), { recursive: true, force: true });
  }
}

/** Minimum share of detected mutants. Measured: 97 %; the others have no effect on users. */
const SHARE_MIN = 0.95;

const isDetected = ({ status }: Mutant): boolean => status === "Killed" || status === "Timeout";
const isSurvivor = ({ status }: Mutant): boolean => status === "Survived" || status === "NoCoverage";

const wanted = process.argv.slice(2);
const unknown = wanted.find((each) => !targets.some(([name]) => name === each));
if (unknown !== undefined) throw new Error(`unknown target "${unknown}"`);
for (const [name, packageName] of targets) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const mutants = mutate(name, packageName);
  const detected = mutants.filter(isDetected).length;
  const survivors = mutants.filter(isSurvivor);
  const total = detected + survivors.length;
  if (total === 0) throw new Error(`${name}: nothing was mutated`);
  for (const { file, line, mutator, original, replacement } of survivors)
    console.log(`${file}:${line} ${mutator}: ${original} → ${replacement}`);
  console.log(`${name}: ${total} mutants, ${detected} detected (${((100 * detected) / total).toFixed(1)} %)`);
  if (detected / total < SHARE_MIN) process.exitCode = 1;
}
